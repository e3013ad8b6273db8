import { useApi } from '../../api/index.ts';

/** Of the files beside the code: there are none, they go along, or they do not. */
export type Assets = 'none' | 'kept' | 'left';

interface Facts {
  /** The address that opens it alone; null where there is none. */
  readonly url: string | null;
  /** Undefined until it is known: nothing is uploaded before. */
  readonly assets: Assets | undefined;
  /** Why it is not known. */
  readonly error: unknown;
  /** The list of versions has not the one that is edited, or not the newest: somebody deleted it. */
  readonly isMissing: boolean;
  readonly again: () => void;
}

/** What the list of versions knows of the one that is edited: its own address, and whether files go with its code. */
export const useFacts = (name: string, id: string, newest: string): Facts => {
  const own = useApi('listVersionHistory', { params: { name }, query: { search: id, per_page: 1 } });
  const last = useApi('listVersionHistory', { params: { name }, query: { search: newest, per_page: 1 } });
  const [base] = own.data?.result ?? [];
  const again = (): void => {
    for (const read of [own, last]) if (read.data === undefined || read.data.result.length === 0) void read.refetch();
  };
  return {
    url: base?.url ?? null,
    assets: assetsOf(base?.assets, last.data?.result[0]?.assets),
    isMissing: own.data?.result.length === 0 || last.data?.result.length === 0,
    error: own.data === undefined || last.data === undefined ? (own.error ?? last.error) : null,
    again,
  };
};

/** A version takes its files from the newest one. */
const assetsOf = (base: number | undefined, newest: number | undefined): Assets | undefined => {
  if (base === undefined || newest === undefined) return undefined;
  if (base === 0) return 'none';
  return newest > 0 ? 'kept' : 'left';
};
