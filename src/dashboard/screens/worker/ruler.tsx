import { versionName } from '../../parts/index.ts';
import { useApi } from '../../api/index.ts';
import type { Serving, Worker } from './worker.ts';

const STEPS = [1, 5, 10, 25, 50, 75, 100] as const;

/** Where the new version is on its way: the steps that it has taken are bold. */
export const Ruler = ({ worker, serving: [newer] }: { readonly worker: Worker; readonly serving: readonly Serving[] }) => {
  const history = useApi('listDeploymentHistory', { params: { name: worker.name }, query: { limit: 50 } });
  if (newer === undefined) return null;
  const taken = takenBy(newer, history.data?.result ?? []);
  return (
    <ol className="ruler axis" aria-label={`Steps on the way of ${versionName(newer.number)}`}>
      {STEPS.map((step) => (
        <li
          key={step}
          className={`ruler-step at-${step}${taken.has(step) ? ' is-taken' : ''}`}
          style={{ left: `${step}%` }}
          aria-label={`${step}%${taken.has(step) ? ', taken' : ''}`}
        >
          {step === 100 ? `100% to ${versionName(newer.number)}` : step}
        </li>
      ))}
    </ol>
  );
};

interface Past {
  readonly versions: readonly { readonly version_id: string; readonly percentage: number }[];
}

/** The shares that a version has had, in this rollout: those of the deployments in which it served without a break. */
const takenBy = (newer: Serving, newestFirst: readonly Past[]): ReadonlySet<number> => {
  const shares: number[] = [newer.percentage];
  for (const { versions } of newestFirst) {
    const share = versions.find(({ version_id: id }) => id === newer.version_id)?.percentage;
    if (share === undefined) break;
    shares.push(share);
  }
  return new Set(shares);
};
