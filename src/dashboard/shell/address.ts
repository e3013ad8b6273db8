import { useNavigate, useSearch } from '@tanstack/react-router';

/** What an address may hold beside its path. Everything a page shows is in its address, dialogs too. */
export interface Search {
  readonly [name: string]: string | undefined;
}

/** Of whatever somebody wrote into an address: the texts. */
export const textsOf = (raw: Readonly<Record<string, unknown>>): Search =>
  Object.fromEntries(Object.entries(raw).flatMap(([name, value]) => (typeof value === 'string' && value !== '' ? [[name, value]] : [])));

/** What the address holds, and how to change a part of it; undefined takes a part out. `isStep`: the way back leads here. */
export const useAddress = (): readonly [Search, (change: Search, isStep?: boolean) => void] => {
  const search: Search = useSearch({ strict: false });
  const navigate = useNavigate();
  const change = (next: Search, isStep = true): void =>
    void navigate({ to: '.', search: (before: object) => textsOf({ ...before, ...next }), replace: !isStep, resetScroll: false });
  return [search, change];
};

/** Goes to a path that is put together. */
export const useGo = (): ((to: string, search?: Search) => void) => {
  const navigate = useNavigate();
  // The router's types know patterns only.
  return (to, search = {}) => void navigate({ to: to as '/', search });
};
