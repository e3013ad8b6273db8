import { useAddress } from '../../shell/index.ts';

/** Windows of time that the overview shows. */
export const WINDOWS = [
  { value: '1h', text: '1 h', inWords: 'hour', minutes: 60 },
  { value: '8h', text: '8 h', inWords: '8 hours', minutes: 8 * 60 },
  { value: '24h', text: '24 h', inWords: '24 hours', minutes: 24 * 60 },
  { value: '7d', text: '7 d', inWords: '7 days', minutes: 7 * 24 * 60 },
] as const;

export type Window = (typeof WINDOWS)[number];

const USUAL: Window = WINDOWS[1];

/** Which one the address names, and how to choose another. */
export const useWindow = (): readonly [Window, (value: Window['value']) => void] => {
  const [{ window: named }, change] = useAddress();
  const chosen = WINDOWS.find(({ value }) => value === named) ?? USUAL;
  return [chosen, (value) => change({ window: value === USUAL.value ? undefined : value }, false)];
};

const STEPS = [
  { value: '1m', minutes: 1 },
  { value: '2m', minutes: 2 },
  { value: '5m', minutes: 5 },
  { value: '10m', minutes: 10 },
  { value: '30m', minutes: 30 },
  { value: '1h', minutes: 60 },
  { value: '3h', minutes: 180 },
] as const;

/** More points than this jitter more than they tell. */
const MOST_POINTS = 60;

/** How long a point of a chart is, of a Worker that has existed for so long: nothing is known of before. */
export const stepFor = ({ minutes }: Window, ageMs: number): string => {
  const shown = Math.min(minutes, Math.ceil(ageMs / 60_000));
  return STEPS.find((step) => shown / step.minutes <= MOST_POINTS)?.value ?? '3h';
};
