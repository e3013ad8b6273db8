import { accept, refuse, type Result } from '../base/index.ts';
import { isSecret, type Binding, type DeployRefusal, type Version, type VersionCode, type VersionSpec } from '../domain/index.ts';
import type { Worker } from '../store/index.ts';
import { keypairsFor, type Keypairs } from './certificates.ts';
import type { Control } from './control.ts';

/** Secrets are sealed for their Worker: a sealed value copied to another Worker does not open. */
export const sealContext = (workerTag: string): string => `worker ${workerTag}`;

/** The code of a version that has a name already; before its trial it is not known what it handles. */
type NamedCode = VersionCode & Pick<Version, 'id' | 'tag' | 'message' | 'createdOn'> & { readonly handlers?: readonly string[] };

/** What the runtime needs to run this code, secrets and certificates opened. */
export const specFor = async (
  control: Pick<Control, 'vault' | 'store'>,
  worker: Pick<Worker, 'tag' | 'name'>,
  version: NamedCode,
): Promise<VersionSpec> => specWith(control, worker, version, await keypairsFor(control, control.store.read, version.bindings));

const specWith = (
  control: Pick<Control, 'vault'>,
  worker: Pick<Worker, 'tag' | 'name'>,
  version: NamedCode,
  keypairs: Keypairs,
): VersionSpec => ({
  id: version.id,
  script: worker.name,
  tag: version.tag,
  message: version.message,
  createdOn: version.createdOn,
  syntax: version.syntax,
  mainModule: version.mainModule,
  modules: version.modules,
  bindings: version.bindings.map((binding) => opened(control, binding, worker.tag, keypairs)),
  compatibilityDate: version.compatibilityDate,
  compatibilityFlags: version.compatibilityFlags,
  limits: version.limits,
  assets: version.assets,
  ...(version.durableObjects === undefined ? {} : { durableObjects: version.durableObjects }),
  ...(version.handlers === undefined ? {} : { handlers: version.handlers }),
});

const opened = (
  control: Pick<Control, 'vault'>,
  binding: Binding,
  workerTag: string,
  keypairs: Keypairs,
): VersionSpec['bindings'][number] => {
  if (binding.type === 'mtls_certificate') return { ...binding, keypair: keypairs.get(binding.certificate_id) };
  return isSecret(binding)
    ? { type: 'secret_text', name: binding.name, text: control.vault.open(binding.sealed, sealContext(workerTag)) }
    : binding;
};

/** The spec of a stored version, for an edge. */
export const storedSpec = async (control: Control, versionId: string): Promise<Result<VersionSpec, DeployRefusal>> => {
  const upcoming = control.upcoming.get(versionId);
  if (upcoming !== undefined) return accept(upcoming);
  const version = await control.store.read.versions.byId(versionId);
  const worker = version && (await control.store.read.workers.byTag(version.scriptTag));
  if (version === undefined || worker === undefined) return refuse({ code: 'version_not_found', versionId });
  return accept(await specFor(control, worker, version));
};
