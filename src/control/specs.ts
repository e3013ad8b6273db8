import { accept, refuse, type Result } from '../base/index.ts';
import { isSecret, type Binding, type DeployRefusal, type VersionCode, type VersionSpec } from '../domain/index.ts';
import { keypairsFor, type Keypairs } from './certificates.ts';
import type { Control } from './control.ts';

/** Secrets are sealed for their Worker: a sealed value copied to another Worker does not open. */
export const sealContext = (workerTag: string): string => `worker ${workerTag}`;

interface Identity {
  readonly id: string;
  readonly script: string;
  readonly workerTag: string;
  readonly tag: string | undefined;
  readonly createdOn: string;
}

/** What the runtime needs to run this code, secrets and certificates opened; before its trial it is not known what it handles. */
export const specFor = async (
  control: Pick<Control, 'vault' | 'store'>,
  identity: Identity,
  code: VersionCode & { readonly handlers?: readonly string[] },
): Promise<VersionSpec> => specWith(control, identity, code, await keypairsFor(control, control.store.read, code.bindings));

const specWith = (
  control: Pick<Control, 'vault'>,
  identity: Identity,
  code: VersionCode & { readonly handlers?: readonly string[] },
  keypairs: Keypairs,
): VersionSpec => ({
  id: identity.id,
  script: identity.script,
  tag: identity.tag,
  createdOn: identity.createdOn,
  syntax: code.syntax,
  mainModule: code.mainModule,
  modules: code.modules,
  bindings: code.bindings.map((binding) => opened(control, binding, identity.workerTag, keypairs)),
  compatibilityDate: code.compatibilityDate,
  compatibilityFlags: code.compatibilityFlags,
  limits: code.limits,
  assets: code.assets,
  ...(code.durableObjects === undefined ? {} : { durableObjects: code.durableObjects }),
  ...(code.handlers === undefined ? {} : { handlers: code.handlers }),
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
  const { id, tag, createdOn } = version;
  return accept(await specFor(control, { id, script: worker.name, workerTag: worker.tag, tag, createdOn }, version));
};
