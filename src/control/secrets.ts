import { accept, refuse, type Result } from '../base/index.ts';
import { isBindingName, isSecret, type Binding, type Refusal, type VersionCode } from '../domain/index.ts';
import type { Worker } from '../store/index.ts';
import type { Actor, Control } from './control.ts';
import { revise, type Revised, type Revision } from './revise.ts';
import { sealed } from './upload.ts';

/** New values by name; null deletes. */
export type SecretChanges = Readonly<Record<string, { readonly text: string } | null>>;

export interface SecretsRequest {
  readonly worker: string;
  readonly changes: SecretChanges;
  readonly message?: string | undefined;
  readonly tag?: string | undefined;
}

/** Changes secrets of what serves, in any state of a rollout. */
export const changeSecrets = (control: Control, actor: Actor, request: SecretsRequest): Promise<Result<Revised, Refusal>> =>
  revise(control, actor, revisionFor(control, request, 'deployed'));

/** Changes secrets in a new version that is not deployed. */
export const changeSecretsOfNewest = (control: Control, actor: Actor, request: SecretsRequest): Promise<Result<Revised, Refusal>> =>
  revise(control, actor, revisionFor(control, request, 'newest'));

const revisionFor = (control: Control, request: SecretsRequest, of: Revision['of']): Revision => ({
  worker: request.worker,
  of,
  change: (code, worker) => withSecrets(control, worker, code, request.changes),
  annotations: { message: request.message, tag: request.tag },
  triggeredBy: 'secret',
  action: 'secret.change',
  detail: {
    set: Object.keys(request.changes).filter((name) => request.changes[name] !== null),
    deleted: Object.keys(request.changes).filter((name) => request.changes[name] === null),
  },
});

const withSecrets = (control: Control, worker: Worker, code: VersionCode, changes: SecretChanges): Result<VersionCode, Refusal> => {
  let bindings: readonly Binding[] = code.bindings;
  for (const [name, change] of Object.entries(changes)) {
    if (!isBindingName(name)) return refuse({ code: 'secret_name_invalid', name });
    const present = bindings.find((binding) => binding.name === name);
    if (present !== undefined && !isSecret(present)) return refuse({ code: 'secret_name_taken', name, type: present.type });
    bindings = bindings.filter((binding) => binding.name !== name);
    if (change !== null) bindings = [...bindings, { type: 'secret_text', name, ...sealed(control, worker.tag, change.text) }];
  }
  return accept({ ...code, bindings });
};

/** Names of the secrets of what serves (of the newest version where nothing does). */
export const secretsOf = async (control: Control, name: string): Promise<Result<readonly string[], Refusal>> => {
  const { store } = control;
  const worker = await store.read.workers.byName(name);
  if (worker === undefined) return refuse({ code: 'worker_not_found', name });
  const active = await store.read.deployments.active(worker.tag);
  const newest = await store.read.versions.newest(worker.tag);
  const serving = active
    ? await store.read.versions.byIds(
        worker.tag,
        active.split.map(({ versionId }) => versionId),
      )
    : newest
      ? [newest]
      : [];
  const names = serving.flatMap(({ bindings }) => bindings.filter(isSecret).map((binding) => binding.name));
  return accept([...new Set(names)].toSorted());
};
