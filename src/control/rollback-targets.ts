import {
  changedSecrets,
  deployedAlone,
  newestOf,
  preflight,
  soleVersion,
  type Blocker,
  type Service,
  type Version,
  type Warning,
} from '../domain/index.ts';
import type { Queries, StoredDeployment, Worker } from '../store/index.ts';
import type { Control } from './control.ts';
import { proposalFor, schemasAsked, type AskSchemas } from './preflight.ts';

export interface ChangedSecret {
  readonly name: string;
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
  readonly deployments: readonly StoredDeployment[];
  readonly services: ReadonlyMap<string, Service>;
}

const MOST_AUDITED = 1_000;

/** What a Worker may be rolled back to, the version that left last first: who serves beside another stands before those. */
export const rollbackTargets = async (
  control: Control,
  worker: Worker,
  { deployments, services }: Known,
  page: { readonly from: number; readonly limit: number },
  askSchemas: AskSchemas,
): Promise<{ readonly targets: readonly RollbackTarget[]; readonly total: number }> => {
  const [active] = deployments;
  const sole = active === undefined ? undefined : soleVersion(active.split);
  const lastWhole = deployments.map(({ split }) => soleVersion(split)).find((id) => id !== undefined && id !== sole);
  const read = await control.store.snapshot(async (queries) => {
    const known = new Map((await queries.versions.heads([...services.keys()])).map(({ id, number }) => [id, number]));
    const ids = [...services.keys()].filter((id) => id !== sole && known.has(id));
    const inOrder = ids.toSorted((a, b) => {
      const [one, other] = [services.get(a)?.until ?? '~', services.get(b)?.until ?? '~'];
      return one === other ? (known.get(a) ?? 0) - (known.get(b) ?? 0) : one < other ? 1 : -1;
    });
    const shown = inOrder.slice(page.from, page.from + page.limit);
    const proposal = await proposalFor(
      queries,
      worker,
      shown.map((id) => ({ version_id: id, percentage: 100 })),
      control.settings.deployableVersions,
    );
    return { shown, total: ids.length, proposal, changes: await secretChanges(queries, worker) };
  });
  // Outside of the snapshot, which nobody else could read or write beside.
  const schemaChangedOn = await schemasAsked(read.proposal, askSchemas);
  const serving = newestOf(read.proposal.active?.versions ?? []);
  const targets = read.shown.flatMap((id): readonly RollbackTarget[] => {
    const version = read.proposal.versions.get(id);
    if (version === undefined) return [];
    const { blockers, warnings } = preflight({ ...read.proposal, schemaChangedOn, shares: deployedAlone(id) });
    const names = serving === undefined ? [] : changedSecrets(version.bindings, serving.bindings);
    const secrets = names.map((name) => lastChangeOf(name, version.createdOn, read.changes));
    return [{ version, isLastWhole: id === lastWhole, blockers, warnings, secrets }];
  });
  return { targets, total: read.total };
};

interface SecretChange {
  readonly names: ReadonlySet<string>;
  readonly by: string;
  readonly on: string;
}

/** Newest first. */
const secretChanges = async (queries: Queries, { name, createdOn }: Worker): Promise<readonly SecretChange[]> => {
  const filter = { target: `worker/${name}`, action: 'secret.change', since: createdOn };
  const entries = await queries.audit.page({ offset: 0, limit: MOST_AUDITED }, filter);
  return entries.map(({ actor, at, detail }) => ({
    names: new Set([detail['set'], detail['deleted']].flat().map(String)),
    by: actor.email,
    on: at,
  }));
};

const lastChangeOf = (name: string, since: string, changes: readonly SecretChange[]): ChangedSecret => {
  const change = changes.find(({ names, on }) => names.has(name) && on >= since);
  return { name, by: change?.by, on: change?.on };
};
