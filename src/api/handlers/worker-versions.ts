import { accept, refuse, type Result } from '../../base/index.ts';
import { changeSecretsOfNewest, deleteVersion, upload, type SecretChanges } from '../../control/index.ts';
import type { BodyOf, Endpoints, workerVersionEndpoints } from '../../contract/index.ts';
import { hyphenated, migrationIn, type Refusal, type UploadedFile, type Version } from '../../domain/index.ts';
import type { Worker } from '../../store/index.ts';
import { hostsOf, type Api, type Handlers } from '../api.ts';
import { requestedBindings } from '../bindings.ts';
import { pageInfo, pageOf } from '../page.ts';
import { workerVersionView } from '../views/index.ts';
import { versionOf, workerCalled } from './found.ts';
import { reconciledIn, whenAnswered } from './uploaded.ts';
import { VERSIONS_A_PAGE } from './versions.ts';

const view = async (api: Api, worker: Worker, version: Version) =>
  workerVersionView(version, { ...(await hostsOf(api)), name: worker.name });

const storedModules = (api: Api, modules: BodyOf<Endpoints['createWorkerVersion']>['modules']): Promise<readonly UploadedFile[]> =>
  Promise.all(
    modules.map(async ({ name, content_type, content_base64 }) => {
      const stored = await api.modules.put(once(Buffer.from(content_base64, 'base64')));
      return { filename: name, contentType: content_type, ...stored };
    }),
  );

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

const modulesView = (api: Api, version: Version) =>
  Promise.all(
    version.modules.map(async ({ name, contentType, digest }) => {
      await api.modules.verifiedPath(digest);
      const chunks: Buffer[] = [];
      for await (const chunk of api.modules.read(digest)) chunks.push(chunk);
      return { name, content_type: contentType, content_base64: Buffer.concat(chunks).toString('base64') };
    }),
  );

/** A merge patch of a version may hold secrets and annotations; anything else is refused by name, never dropped. */
const secretChangesIn = (patch: BodyOf<Endpoints['patchLatestVersion']>): Result<SecretChanges, Refusal> => {
  const other = Object.keys(patch).find((member) => member !== 'env' && member !== 'annotations');
  if (other !== undefined) return refuse({ code: 'version_member_fixed', member: other });
  const changes: Record<string, { readonly text: string } | null> = {};
  for (const [name, change] of Object.entries(patch.env ?? {})) {
    if (change !== null && (change.type ?? 'secret_text') !== 'secret_text') {
      return refuse({ code: 'version_binding_fixed', name, type: change.type ?? '' });
    }
    if (change !== null && change.text === undefined) return refuse({ code: 'binding_invalid', name, fault: 'a secret needs a "text"' });
    changes[name] = change === null ? null : { text: change.text ?? '' };
  }
  return accept(changes);
};

export const workerVersions: Handlers<typeof workerVersionEndpoints> = {
  listWorkerVersions: async (api, { params, query }) => {
    const worker = await workerCalled(api, params.worker);
    if (!worker.ok) return worker;
    const page = pageOf(query, VERSIONS_A_PAGE);
    const items = await api.store.read.versions.page(worker.value.tag, page);
    const resultInfo = pageInfo(page, items.length, await api.store.read.versions.count(worker.value.tag));
    return accept({ result: await Promise.all(items.map((version) => view(api, worker.value, version))), resultInfo });
  },
  createWorkerVersion: async (api, { params, query, body, actor, client }) => {
    const worker = await workerCalled(api, params.worker);
    if (!worker.ok) return worker;
    const bindings = requestedBindings(body.bindings);
    if (!bindings.ok) return bindings;
    const isDeployed = query.deploy === 'true';
    if (!isDeployed && migrationIn(body) !== undefined) return refuse({ code: 'version_with_migration' });
    const made = await upload(api, actor, {
      name: worker.value.name,
      path: isDeployed ? 'script' : 'versions',
      metadata: { ...body, bindings: bindings.value },
      files: await storedModules(api, body.modules),
      annotations: {
        message: body.annotations?.['workers/message'],
        tag: body.annotations?.['workers/tag'],
        alias: body.annotations?.['workers/alias'],
      },
      strictInherit: query.bindings_inherit === 'strict',
      triggeredBy: isDeployed ? 'upload' : 'version_upload',
      deploy: isDeployed,
      client,
    });
    if (!made.ok) return made;
    const { version } = made.value;
    const shown = { ...(await view(api, worker.value, version)), ...reconciledIn(made.value) };
    return accept({ result: shown, ...whenAnswered(api, version) });
  },
  patchLatestVersion: async (api, { params, body, actor }) => {
    const worker = await workerCalled(api, params.worker);
    if (!worker.ok) return worker;
    const changes = secretChangesIn(body);
    if (!changes.ok) return changes;
    const changed = await changeSecretsOfNewest(api, actor, {
      worker: worker.value.name,
      changes: changes.value,
      message: body.annotations?.['workers/message'],
      tag: body.annotations?.['workers/tag'],
    });
    if (!changed.ok) return changed;
    const [version] = changed.value.versions;
    return version === undefined
      ? refuse({ code: 'no_versions', name: worker.value.name })
      : accept({ result: await view(api, worker.value, version) });
  },
  getWorkerVersion: async (api, { params, query }) => {
    const worker = await workerCalled(api, params.worker);
    if (!worker.ok) return worker;
    const newest = params.version_id === 'latest' ? await api.store.read.versions.newest(worker.value.tag) : undefined;
    const version = newest === undefined ? await versionOf(api, worker.value, params.version_id) : accept(newest);
    if (!version.ok) return version;
    const shown = await view(api, worker.value, version.value);
    return accept({ result: query.include === 'modules' ? { ...shown, modules: await modulesView(api, version.value) } : shown });
  },
  deleteWorkerVersion: async (api, { params, actor }) => {
    const worker = await workerCalled(api, params.worker);
    if (!worker.ok) return worker;
    const deleted = await deleteVersion(api, actor, worker.value.name, hyphenated(params.version_id));
    return deleted.ok ? accept({ result: null }) : deleted;
  },
};
