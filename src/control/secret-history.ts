import { isSameSecret, type SecretChange, type Version } from '../domain/index.ts';
import type { AuditEntry, Queries, Worker } from '../store/index.ts';

/** More changes of secrets than these are not looked through. */
const MOST_READ = 1_000;

/** What an audit row says of the secrets that its change set or removed: names, and only where there are any. */
export const secretsDetail = (changes: readonly SecretChange[]): Readonly<Record<string, readonly string[]>> => {
  const [set, deleted] = [namesOf(changes.map((change) => change.set)), namesOf(changes.map((change) => change.deleted))];
  return { ...(set.length === 0 ? {} : { secrets_set: set }), ...(deleted.length === 0 ? {} : { secrets_deleted: deleted }) };
};

const namesOf = (lists: readonly (readonly string[])[]): readonly string[] => [...new Set(lists.flat())].toSorted();

/** The names of the secrets that a change set or removed. */
export const secretsIn = ({ detail }: Pick<AuditEntry, 'detail'>): readonly string[] =>
  ['set', 'deleted', 'secrets_set', 'secrets_deleted'].flatMap((member) => textsIn(detail[member]));

/** What an audit row tells as a list of names. */
const textsIn = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);

/** Changes of a Worker's secrets, newest first. */
export const secretChangesOf = (queries: Queries, name: string, since: string, before?: string): Promise<readonly AuditEntry[]> =>
  queries.audit.page({ offset: 0, limit: MOST_READ }, { target: `worker/${name}`, isOfSecrets: true, since, before });

/** Who gave the secrets of a version the values that they have in it, and when. */
export type LastChangeOf = (name: string, since: string) => { readonly by: string; readonly on: string } | undefined;

/**
 * By a change that made a version no younger than this one with the same value. A change whose version was deleted since may have been
 * the one: who it was is not known then.
 */
export const secretHistory = async (queries: Queries, worker: Worker, of: Version, names: readonly string[]): Promise<LastChangeOf> => {
  const wanted = new Set(names);
  const entries = names.length === 0 ? [] : await secretChangesOf(queries, worker.name, worker.createdOn);
  const changes = entries.flatMap((entry) => (secretsIn(entry).some((name) => wanted.has(name)) ? [entry] : []));
  const made = await queries.versions.byIds(worker.tag, changes.flatMap(madeBy));
  const known = new Map(made.map((version) => [version.id, version]));
  return (name, since) => {
    for (const change of changes) {
      if (change.at < since) return undefined;
      if (!secretsIn(change).includes(name)) continue;
      const versions = madeBy(change).flatMap((id) => known.get(id) ?? []);
      if (versions.length === 0) return undefined;
      const isIts = ({ number, bindings }: Version): boolean => number <= of.number && isSameSecret(name, bindings, of.bindings);
      if (versions.some(isIts)) return { by: change.actor.email, on: change.at };
    }
    return undefined;
  };
};

/** An upload makes one version, a revision one for each that it changes. */
const madeBy = ({ detail }: AuditEntry): readonly string[] => [
  ...textsIn(detail['versions']),
  ...textsIn([detail['version'] ?? []].flat()),
];
