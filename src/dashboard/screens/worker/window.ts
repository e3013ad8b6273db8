import { useAddress } from '../../shell/index.ts';

/** Windows of time that the overview shows, each with how long a point of it is: about 50 tell more than they jitter. */
export const WINDOWS = [
  { value: '1h', text: '1 h', inWords: 'hour', step: '1m' },
  { value: '8h', text: '8 h', inWords: '8 hours', step: '10m' },
  { value: '24h', text: '24 h', inWords: '24 hours', step: '30m' },
  { value: '7d', text: '7 d', inWords: '7 days', step: '3h' },
] as const;

export type Window = (typeof WINDOWS)[number];

const USUAL: Window = WINDOWS[1];

/** Which one the address names, and how to choose another. */
export const useWindow = (): readonly [Window, (value: Window['value']) => void] => {
  const [{ window: named }, change] = useAddress();
  const chosen = WINDOWS.find(({ value }) => value === named) ?? USUAL;
  return [chosen, (value) => change({ window: value === USUAL.value ? undefined : value }, false)];
};
