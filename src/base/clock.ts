/** Where time comes from. Rules take `now` as an argument; only the shell holds a clock. */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };

/**
 * An ISO time strictly after `previous`, with microseconds, as Cloudflare writes them.
 * wrangler finds the previous deployment by comparing these strings, so two must never be equal.
 */
export const timestampAfter = (now: Date, previous: string | undefined): string => {
  const micros = Math.max(now.getTime() * 1000, previous === undefined ? 0 : microsecondsOf(previous) + 1);
  return `${new Date(Math.floor(micros / 1000)).toISOString().slice(0, -1)}${String(micros % 1000).padStart(3, '0')}Z`;
};

const microsecondsOf = (timestamp: string): number => {
  const fraction = /\.(\d+)Z$/.exec(timestamp)?.[1] ?? '';
  return Date.parse(`${timestamp.slice(0, 19)}Z`) * 1000 + Number(fraction.padEnd(6, '0').slice(0, 6));
};
