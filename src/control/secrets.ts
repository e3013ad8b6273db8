import { accept, refuse, type Result } from '../base/index.ts';
import { isBindingName, isSecret, MOST_BINDINGS, type Binding, type Refusal, type VersionCode } from '../domain/index.ts';
import type { Queries, Worker } from '../store/index.ts';
import type { Actor, Control } from './control.ts';
import type { Expectation } from './expectations.ts';
import { revise, type Revised, type Revision } from './revise.ts';
import { sealed } from './upload.ts';
import { versionsIn } from './versions.ts';

/** New values by name; null deletes. */
export type SecretChanges = Readonly<Record<string, { readonly text: string } | null>>;

export interface SecretsRequest {
  readonly worker: string;
  readonly changes: SecretChanges;
  readonly message?: string | undefined;
  readonly tag?: string | undefined;
  readonly expected?: Expectation | undefined;
}

/**
 * Changes secrets of what serves, in any state of a rollout. A newest version that waits and cannot take the change (the name is a
 * variable there, or it no longer starts) stays behind: deploying it later is then going back, and the old secret is named.
 */
export const changeSecrets = (control: Control, actor: Actor, request: SecretsRequest): Promise<Result<Revised, Refusal>> =>
  revise(control, actor, { ...revisionFor(control, request, 'deployed'), leavesUnfit: true });

/** Changes secrets in a new version that is not deployed. */
export const changeSecretsOfNewest = (control: Control, actor: Actor, request: SecretsRequest): Promise<Result<Revised, Refusal>> =>
  revise(control, actor, revisionFor(control, request, 'newest'));

const revisionFor = (control: Control, request: SecretsRequest, of: Revision['of']): Revision => ({
  worker: request.worker,
  of,
  change: (code, worker) => withSecrets(control, worker, code, request.changes),
  expected: request.expected,
  annotations: { message: request.message, tag: request.tag },
  triggeredBy: 'secret',
  action: 'secret.change',
  detail: {
    set: Object.keys(request.changes).filter((name) => request.changes[name] !== null),
    deleted: Object.keys(request.changes).filter((name) => request.changes[name] === null),
  },
});

/** Bindings are counted before any is sealed: a list without an end must not keep everybody else waiting. */
const withSecrets = (control: Control, worker: Worker, code: VersionCode, changes: SecretChanges): Result<VersionCode, Refusal> => {
  const bindings = new Map<string, Binding>(code.bindings.map((binding) => [binding.name, binding]));
  const names = new Set([...bindings.keys(), ...Object.keys(changes)].filter((name) => changes[name] !== null));
  if (names.size > MOST_BINDINGS) return refuse({ code: 'too_many_bindings', count: names.size, limit: MOST_BINDINGS });
  for (const [name, change] of Object.entries(changes)) {
    if (!isBindingName(name)) return refuse({ code: 'secret_name_invalid', name });
    const present = bindings.get(name);
    const isOther = present !== undefined && !isSecret(present);
    // One version of a split may have the secret and the other a variable of its name: that one has nothing to delete.
    if (isOther && change === null) continue;
    if (isOther) return refuse({ code: 'secret_name_taken', name, type: present.type });
    bindings.delete(name);
    if (change !== null) bindings.set(name, { type: 'secret_text', name, ...sealed(control, worker.tag, change.text) });
  }
  return accept({ ...code, bindings: [...bindings.values()] });
};

/** Names of the secrets of what serves (of the newest version where nothing does); `withNewest` adds those of the newest one. */
export const secretsOf = async (queries: Queries, name: string, withNewest = false): Promise<Result<readonly string[], Refusal>> => {
  const worker = await queries.workers.byName(name);
  if (worker === undefined) return refuse({ code: 'worker_not_found', name });
  const active = await queries.deployments.active(worker.tag);
  const newest = await queries.versions.newest(worker.tag);
  const serving = await versionsIn(queries, worker.tag, active?.split ?? []);
  const asked = newest !== undefined && (active === undefined || withNewest) ? [...serving, newest] : serving;
  const names = asked.flatMap(({ bindings }) => bindings.filter(isSecret).map((binding) => binding.name));
  return accept([...new Set(names)].toSorted());
};
