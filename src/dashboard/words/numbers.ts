const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const oneDigit = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
const tenths = new Intl.NumberFormat('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const share = new Intl.NumberFormat('en', { maximumFractionDigits: 3 });

/** `1,200` */
export const count = (value: number): string => whole.format(value);

/** The share of a version, as it was set: `10%`, `0.125%`. */
export const percentage = (value: number): string => `${share.format(value)}%`;

/** A measured rate, from 0 to 1: `0.29%`. */
export const rate = (value: number): string => `${ratePoints(value)}%`;

/** The same without its unit. */
export const ratePoints = (value: number): string => (value * 100).toFixed(value >= 0.1 ? 1 : 2);

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `38 ms`, `1.2 s`, `33 min`, `11 h`, `18 days` */
export const duration = (ms: number): string => {
  if (ms < 1) return ms < 0.05 ? '0 ms' : `${ms.toFixed(1)} ms`;
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < MINUTE) return `${(ms / 1_000).toFixed(1)} s`;
  if (ms < 2 * HOUR) return `${Math.round(ms / MINUTE)} min`;
  return ms < 2 * DAY ? `${Math.round(ms / HOUR)} h` : `${Math.round(ms / DAY)} days`;
};

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** `48.2 kB` */
export const bytes = (value: number): string => {
  const power = value < 1 ? 0 : Math.min(Math.floor(Math.log10(value) / 3), UNITS.length - 1);
  return `${oneDigit.format(value / 1000 ** power)} ${UNITS[power]}`;
};

/** Times 10,000, for exceptions: `5.9`. */
export const perTenThousand = (value: number): string => tenths.format(value);

/** `1 request`, `2 requests` */
export const counted = (value: number, one: string, many = `${one}s`): string => `${count(value)} ${value === 1 ? one : many}`;
