import { accept, refuse, type Result } from '../../base/index.ts';
import { differing, wholeIdOf } from '../../control/index.ts';
import type { differenceEndpoints } from '../../contract/index.ts';
import type { Module, Refusal, Version } from '../../domain/index.ts';
import type { Api, Handlers } from '../api.ts';
import { differencesView, moduleView, TEXT_KINDS, toldVersionView } from '../views/index.ts';
import { versionOf, workerNamed } from './found.ts';
import { wholeHistory } from './told.ts';

const MOST_READ_BYTES = 2 * 1024 * 1024;

const versionCalled = async (api: Api, name: string, id: string): Promise<Result<Version, Refusal>> => {
  const worker = await workerNamed(api, name);
  if (!worker.ok) return worker;
  const whole = await wholeIdOf(api.store.read, worker.value.tag, id);
  return whole.ok ? versionOf(api, worker.value, whole.value) : whole;
};

/** Why the text of a module is not shown. */
const unreadable = ({ kind, size }: Module) => {
  if (kind === 'sourcemap') return 'source_map';
  if (!TEXT_KINDS.has(kind)) return 'binary';
  return size > MOST_READ_BYTES ? 'long' : undefined;
};

/** A tenant wrote it, and a browser that is signed in here reads it: it is text, whatever it says it is. */
const AS_TEXT = {
  'content-type': 'text/plain; charset=utf-8',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; sandbox",
};

export const differences: Handlers<typeof differenceEndpoints> = {
  getDifferences: async (api, { params, query }) => {
    const worker = await workerNamed(api, params.name);
    if (!worker.ok) return worker;
    const found = await differing(api, worker.value, query);
    if (!found.ok) return found;
    const history = await api.store.snapshot((queries) => wholeHistory(queries, worker.value, api.clock.now().getTime()));
    const side = (version: Version) => {
      const { served: _, ...told } = toldVersionView(history, version);
      return told;
    };
    const { version, baseline } = found.value;
    return accept({
      result: { worker: worker.value.name, version: side(version), baseline: side(baseline), ...differencesView(found.value) },
    });
  },
  listModules: async (api, { params }) => {
    const version = await versionCalled(api, params.name, params.version_id);
    if (!version.ok) return version;
    const { modules, mainModule } = version.value;
    return accept({
      result: modules.map((module) =>
        Object.assign(moduleView(module), {
          name: module.name,
          is_main: module.name === mainModule,
          is_readable: unreadable(module) === undefined,
        }),
      ),
    });
  },
  getModule: async (api, { params }) => {
    const version = await versionCalled(api, params.name, params.version_id);
    if (!version.ok) return version;
    const module = version.value.modules.find(({ name }) => name === params.module);
    if (module === undefined) return refuse({ code: 'module_not_found', name: params.module, versionId: version.value.id });
    const reason = unreadable(module);
    if (reason !== undefined) return refuse({ code: 'module_unreadable', name: module.name, reason });
    // The bytes are streamed after this; a damaged module must fail before the answer has begun (I1).
    await api.modules.verifiedPath(module.digest);
    const headers = { ...AS_TEXT, etag: `"${module.digest}"`, 'content-length': String(module.size) };
    return accept({ result: null, raw: new Response(ReadableStream.from(api.modules.read(module.digest)), { headers }) });
  },
};
