import type { WorkerRow } from './rows.ts';

/** What leads to a Worker, in few words: `fernhill.example, 2 more`, `Service binding only`, `Cron, 02:00 UTC every day`. */
export const reachedBy = ({ domains, routes, workers_dev: own, callers, crons, queues }: WorkerRow['hosts']): string => {
  const [address, ...more] = [...domains, ...routes];
  if (address !== undefined) return more.length === 0 ? address : `${address}, ${more.length}\u00a0more`;
  if (own !== null) return new URL(own).host;
  if (crons[0] !== undefined) return crons.length === 1 ? `Cron, ${cronInWords(crons[0])}` : `${crons.length} cron triggers`;
  if (queues[0] !== undefined) return queues.length === 1 ? `Queue ${queues[0]}` : `${queues.length} queues`;
  return callers.length > 0 ? 'Service binding only' : 'No route yet';
};

/** The plainest one in words, others as they are written. */
const cronInWords = (cron: string): string => {
  const [, minute, hour] = /^(\d{1,2}) (\d{1,2}) \* \* \*$/.exec(cron) ?? [];
  return minute === undefined || hour === undefined ? cron : `${hour.padStart(2, '0')}:${minute.padStart(2, '0')} UTC every day`;
};
