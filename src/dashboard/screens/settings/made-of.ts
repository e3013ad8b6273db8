import { splitInWords, versionName as nameOf } from '../../parts/index.ts';
import { percentage } from '../../words/index.ts';
import { servingOf, type Worker } from '../worker/worker.ts';

/** Whether the newest version, which settings show, serves. */
const servesNewest = (worker: Worker): boolean => servingOf(worker).some(({ version_id: id }) => id === worker.newest_version?.version_id);

/** A newest version that gets no traffic, such as one that was just saved. */
export const waitingOf = (worker: Worker): Worker['newest_version'] => (servesNewest(worker) ? null : worker.newest_version);

/** What Save does to requests: nothing. */
export const savedInWords = ({ newest_version: newest }: Worker): string =>
  `A version is made from ${nameOf(newest?.number ?? null)} and gets no traffic. What serves stays as it is.`;

/** What Deploy does to requests, exactly. */
export const deployedInWords = (worker: Worker): string => {
  const serving = servingOf(worker);
  const [only, other] = serving;
  if (only === undefined) return `A version is made from ${nameOf(worker.newest_version?.number ?? null)} and gets all requests.`;
  if (other === undefined) return `A version is made from ${nameOf(only.number)} and gets all requests in its place.`;
  const shares = serving.map(({ number, percentage: share }) => `${nameOf(number)} ${percentage(share)}`);
  return `Each version that serves is made anew with the changes, and its successor takes over its share: ${shares.join(', ')}.`;
};

/** What else Deploy does: to a newest version that waits. */
export const waitingInWords = (worker: Worker): string | undefined =>
  servingOf(worker).length === 0 || servesNewest(worker) || worker.newest_version === null
    ? undefined
    : `${nameOf(worker.newest_version.number)} goes on waiting without traffic, made anew with the changes. To deploy what it has of its own: save, then deploy the version that was saved.`;

/** From which version the page's settings are, and what is done with it. */
export const shownInWords = (worker: Worker): string => {
  if (worker.newest_version === null) return 'There is no version yet. The first one comes with the code.';
  const serving = servingOf(worker);
  const newest = nameOf(worker.newest_version.number);
  if (serving.length === 0) return `Shown is ${newest}, the newest version. Nothing is deployed.`;
  if (!servesNewest(worker)) return `Shown is ${newest}, the newest version, which gets no traffic. ${splitInWords(serving)} serves.`;
  return serving.length === 1
    ? `Shown is ${newest}, which serves.`
    : `Shown is ${newest}, the newest version. Now: ${splitInWords(serving)}.`;
};
