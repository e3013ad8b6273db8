import { Cron } from 'croner';

/**
 * Cloudflare's dialect (https://developers.cloudflare.com/workers/configuration/cron-triggers/#supported-cron-expressions): five
 * fields, in UTC; Sunday is 1 and Saturday 7; names of months and days; `L`, `W` and `#`. Where both kinds of days are given,
 * either is enough.
 */
const DIALECT = { mode: '5-part', alternativeWeekdays: true, sloppyRanges: true, timezone: 'UTC', paused: true } as const;

/** What is wrong with a cron expression, if something is. */
export const cronFault = (cron: string): string | undefined => {
  if (cron.trim().split(/\s+/).length !== 5) return 'it needs five fields: minute, hour, day of month, month, day of week';
  if (/(?:^|[,-])8/.test(cron.trim().split(/\s+/)[4] ?? '')) return 'wrong value for dayOfWeek: 8';
  try {
    return new Cron(cron, DIALECT).nextRun() === null ? 'there is no such day' : undefined;
  } catch (error) {
    return error instanceof Error ? error.message.replace(/^CronPattern: /, '').replace(/^Invalid value/, 'wrong value') : String(error);
  }
};

/** When a cron is due next after a time, both in milliseconds; undefined for one that never is. */
export const tickAfter = (cron: string, time: number): number | undefined => new Cron(cron, DIALECT).nextRun(new Date(time))?.getTime();
