import {
  changedSecrets,
  deployedAlone,
  isSecret,
  newestOf,
  preflight,
  soleVersion,
  type Blocker,
  type Service,
  type Version,
  type Warning,
} from '../domain/index.ts';
import type { DeploymentHead, Worker } from '../store/index.ts';
import type { Control } from './control.ts';
import { proposalFor, schemasAsked, type AskSchemas } from './preflight.ts';
import { secretHistory } from './secret-history.ts';

export interface ChangedSecret {
  readonly name: string;
  /** What became of it since the version was made. */
  readonly change: 'added' | 'removed' | 'changed';
  /** Who changed it last, and when; undefined where the audit log does not say. */
  readonly by: string | undefined;
  readonly on: string | undefined;
}

export interface RollbackTarget {
  readonly version: Version;
  /** The last that had all traffic, beside the one that serves. */
  readonly isLastWhole: boolean;
  readonly blockers: readonly Blocker[];
  readonly warnings: readonly Warning[];
  readonly secrets: readonly ChangedSecret[];
}

interface Known {
  readonly deployments: readonly DeploymentHead[];
  /** Of versions that were not deleted. */
  readonly numbers: ReadonlyMap<string, number>;
  readonly services: ReadonlyMap<string, Service>;
}

/** What a Worker may be rolled back to, the version that left last first: who serves beside another stands before those. */
export const rollbackTargets = async (
  control: Control,
  worker: Worker,
  { deployments, numbers, services }: Known,
  page: { readonly from: number; readonly limit: number },
  askSchemas: AskSchemas,
): Promise<{ readonly targets: readonly RollbackTarget[]; readonly total: number }> => {
  const [active] = deployments;
  const sole = active === undefined ? undefined : soleVersion(active.split);
  const lastWhole = deployments.map(({ split }) => soleVersion(split)).find((id) => id !== undefined && id !== sole);
  const read = await control.store.snapshot(async (queries) => {
    const ids = [...services.keys()].filter((id) => id !== sole && numbers.has(id));
    const inOrder = ids.toSorted((a, b) => {
      const [one, other] = [services.get(a)?.until ?? '~', services.get(b)?.until ?? '~'];
      return one === other ? (numbers.get(a) ?? 0) - (numbers.get(b) ?? 0) : one < other ? 1 : -1;
    });
    const shown = inOrder.slice(page.from, page.from + page.limit);
    const proposal = await proposalFor(
      queries,
      worker,
      shown.map((id) => ({ version_id: id, percentage: 100 })),
      control.settings.deployableVersions,
    );
    const serving = newestOf(proposal.active?.versions ?? []);
    const secretsOf = (id: string): readonly Pick<ChangedSecret, 'name' | 'change'>[] => {
      const target = proposal.versions.get(id);
      if (serving === undefined || target === undefined) return [];
      const [then, today] = [secretNames(target), secretNames(serving)];
      return changedSecrets(target.bindings, serving.bindings).map((name) => ({
        name,
        change: !then.has(name) ? 'added' : today.has(name) ? 'changed' : 'removed',
      }));
    };
    const changed = new Map(shown.map((id) => [id, secretsOf(id)]));
    const names = [...new Set([...changed.values()].flat().map(({ name }) => name))];
    const lastChangeOf = serving === undefined ? () => undefined : await secretHistory(queries, worker, serving, names);
    return { shown, total: ids.length, proposal, changed, lastChangeOf };
  });
  // Outside of the snapshot, which nobody else could read or write beside.
  const schemaChangedOn = await schemasAsked(read.proposal, askSchemas);
  const targets = read.shown.flatMap((id): readonly RollbackTarget[] => {
    const version = read.proposal.versions.get(id);
    if (version === undefined) return [];
    const { blockers, warnings } = preflight({ ...read.proposal, schemaChangedOn, shares: deployedAlone(id) });
    const secrets = (read.changed.get(id) ?? []).map(({ name, change }): ChangedSecret => {
      const last = read.lastChangeOf(name, version.createdOn);
      return { name, change, by: last?.by, on: last?.on };
    });
    return [{ version, isLastWhole: id === lastWhole, blockers, warnings, secrets }];
  });
  return { targets, total: read.total };
};

const secretNames = ({ bindings }: Version): ReadonlySet<string> => new Set(bindings.filter(isSecret).map(({ name }) => name));
