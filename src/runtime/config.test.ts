import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import test from 'node:test';
import type { Module, ModuleKind, VersionSpec } from '../domain/index.ts';
import { renderConfig } from './config.ts';
import { planSplit } from './object-split-plan.ts';
import { planProcess, type Where } from './plan.ts';
import { planTrial } from './trial-entry.ts';

const WHERE: Where = {
  modulePath: (digest) => `/data/modules/${digest}`,
  mainSocket: '/run/sb/w-abc/m',
  probeSocket: '/run/sb/w-abc/p',
  eventSocket: '/run/sb/w-abc/e',
  heapLimitMb: 128,
  assetsSocket: '/run/sb/assets',
  servicesSocket: '/run/sb/services',
  dataFolder: '/run/sb/data',
  objectsFolder: '/data/objects',
};

const part = (name: string, kind: ModuleKind): Module => ({ name, kind, contentType: 'x/y', digest: name.replace(/\W/g, '_'), size: 1 });

const MODULES: VersionSpec = {
  id: '11111111-1111-4111-8111-111111111111',
  script: 'hello',
  tag: 'v1.2',
  createdOn: '2026-11-01T10:00:00.000001Z',
  syntax: 'modules',
  mainModule: 'src/index.js',
  modules: [
    part('src/abc-note.txt', 'text'),
    part('src/index.js', 'esm'),
    part('src/index.js.map', 'sourcemap'),
    part('old.cjs', 'commonjs'),
    part('add.wasm', 'wasm'),
    part('bytes.bin', 'data'),
    part('data.json', 'json'),
  ],
  bindings: [
    { type: 'plain_text', name: 'GREETING', text: 'say "hi"\n' },
    { type: 'secret_text', name: 'TOKEN', text: 'hush-hush' },
    { type: 'json', name: 'FLAGS', json: { on: [true, 'é'] } },
    { type: 'secret_text', name: 'OTHER', text: 'hush-too' },
    { type: 'version_metadata', name: 'VERSION' },
  ],
  compatibilityDate: '2026-11-01',
  compatibilityFlags: ['nodejs_compat', 'global_navigator'],
  limits: {},
};

const SERVICE_WORKER: VersionSpec = {
  ...MODULES,
  tag: undefined,
  syntax: 'service-worker',
  mainModule: 'script.js',
  modules: [part('script.js', 'esm'), part('a.wasm', 'wasm'), part('b.txt', 'text'), part('c.bin', 'data')],
  bindings: [
    { type: 'wasm_module', name: 'ADD', part: 'a.wasm' },
    { type: 'text_blob', name: 'NOTE', part: 'b.txt' },
    { type: 'data_blob', name: 'BYTES', part: 'c.bin' },
  ],
  compatibilityDate: undefined,
  compatibilityFlags: [],
};

const EVENTS: VersionSpec = {
  ...MODULES,
  modules: [part('src/index.js', 'esm')],
  bindings: [],
  handlers: ['fetch', 'scheduled', 'queue'],
};

const OBJECTS: VersionSpec = {
  ...EVENTS,
  handlers: ['fetch'],
  bindings: [{ type: 'durable_object_namespace', name: 'ROOMS', class_name: 'Room', namespace_id: 'a'.repeat(32) }],
  durableObjects: [
    { className: 'Room', namespaceId: 'a'.repeat(32), storage: 'sqlite' },
    { className: 'Old', namespaceId: 'b'.repeat(32), storage: 'kv' },
  ],
};

const SERVICES: VersionSpec = {
  ...EVENTS,
  handlers: ['fetch'],
  bindings: [
    { type: 'service', name: 'BACK', service: 'back' },
    { type: 'service', name: 'ADMIN', service: 'back', entrypoint: 'Admin', props: { role: 'say "hi"' } },
  ],
};

const RATE_LIMITS: VersionSpec = {
  ...SERVICE_WORKER,
  bindings: ['FIRST', 'SECOND'].map((name) => ({ type: 'ratelimit', name, namespace_id: '1001', simple: { limit: 5, period: 10 } })),
};

const CERTIFICATES: VersionSpec = {
  ...EVENTS,
  handlers: ['fetch'],
  bindings: [
    { type: 'mtls_certificate', name: 'FIRST', certificate_id: 'one', keypair: { privateKey: 'hush-one', certificates: 'first\n' } },
    { type: 'mtls_certificate', name: 'SAME', certificate_id: 'one', keypair: { privateKey: 'hush-one', certificates: 'first\n' } },
    { type: 'mtls_certificate', name: 'SECOND', certificate_id: 'two', keypair: { privateKey: 'hush-two', certificates: 'second\n' } },
    { type: 'mtls_certificate', name: 'GONE', certificate_id: 'three' },
  ],
};

const CACHE: VersionSpec = { ...EVENTS, handlers: ['fetch'] };

const TRACED: VersionSpec = {
  ...OBJECTS,
  message: 'say "hi"',
  modules: [part('src/index.js', 'esm'), part('src/index.js.map', 'sourcemap')],
};

for (const [name, spec] of Object.entries({
  cache: CACHE,
  certificates: CERTIFICATES,
  'rate-limits': RATE_LIMITS,
  modules: MODULES,
  'service-worker': SERVICE_WORKER,
  events: EVENTS,
  objects: OBJECTS,
  services: SERVICES,
  traced: TRACED,
})) {
  test(`[X-2] a version of ${name} is told to workerd as in golden/${name}.capnp`, async () => {
    const golden = new URL(`golden/${name}.capnp`, import.meta.url);
    const where = {
      ...WHERE,
      ...(spec === SERVICES ? { debugSocket: '/run/sb/w-abc/g' } : {}),
      ...(spec === CACHE ? { cacheSocket: '/run/sb/cache' } : {}),
      ...(spec === TRACED ? { observeFolder: '/run/sb/observe' } : {}),
    };
    if (process.env['UPDATE_GOLDEN'] === '1') await writeFile(golden, renderConfig(planProcess(spec, where)));
    assert.equal(renderConfig(planProcess(spec, where)), await readFile(golden, 'utf8'));
  });
}

test('[X-2] [Y-12] two versions that share objects are told to workerd as in golden/object-split.capnp', async () => {
  const spec: VersionSpec = {
    ...MODULES,
    ...OBJECTS,
    mainModule: MODULES.mainModule,
    modules: MODULES.modules,
    handlers: ['fetch', 'scheduled'],
    bindings: [
      ...OBJECTS.bindings,
      { type: 'durable_object_namespace', name: 'THEIRS', class_name: 'Hall', script_name: 'other', namespace_id: 'c'.repeat(32) },
      { type: 'secret_text', name: 'TOKEN', text: 'hush-one' },
      { type: 'kv_namespace', name: 'CACHE', namespace_id: 'kv-1' },
      { type: 'd1', name: 'DB', id: 'db-1' },
      { type: 'assets', name: 'ASSETS' },
      { type: 'service', name: 'BACK', service: 'back' },
      { type: 'ratelimit', name: 'LIMIT', namespace_id: '1001', simple: { limit: 5, period: 10 } },
      ...CERTIFICATES.bindings,
    ],
  };
  const other: VersionSpec = {
    ...OBJECTS,
    id: '22222222-2222-4222-8222-222222222222',
    bindings: [...OBJECTS.bindings, { type: 'secret_text', name: 'TOKEN', text: 'hush-two' }],
  };
  const shares = [
    { versionId: spec.id, share: 90_000 },
    { versionId: other.id, share: 10_000 },
  ];
  const plan = planSplit(
    { specs: [spec, other], shares },
    {
      ...WHERE,
      debugSocket: '/run/sb/w-abc/g',
      versionSockets: [WHERE, { mainSocket: '/run/sb/w-abc/m2', eventSocket: '/run/sb/w-abc/e2' }],
      sharesSocket: '/run/sb/w-abc/s',
      observeFolder: '/run/sb/observe',
      token: 'known-to-nobody',
    },
  );
  const golden = new URL('golden/object-split.capnp', import.meta.url);
  if (process.env['UPDATE_GOLDEN'] === '1') await writeFile(golden, renderConfig(plan));
  assert.equal(renderConfig(plan), await readFile(golden, 'utf8'));
  assert.deepEqual(plan.environment, { [`SB_SECRET_0:${spec.id}`]: 'hush-one', [`SB_SECRET_0:${other.id}`]: 'hush-two' });
});

test('[X-28] a trial has a cache of its own process, which keeps nothing', () => {
  const { workers, externals } = planTrial(CACHE, { ...WHERE, cacheSocket: '/run/sb/cache' });
  const main = workers.find(({ name }) => name === 'main');
  assert.deepEqual([main?.cache, externals], [{ service: 'probe', entrypoint: 'cache' }, []]);
});

const mapsOf = (spec: VersionSpec): unknown => {
  const { workers } = planProcess(spec, { ...WHERE, observeFolder: '/run/sb/observe' });
  const versions = workers.find(({ name }) => name === 'tracer')?.bindings.find(({ name }) => name === 'VERSIONS')?.content;
  return versions !== undefined && versions !== 'void' && 'inline' in versions ? JSON.parse(versions.inline)[0].sourceMaps : undefined;
};

test('[OB-6] source maps are told of by the names that stacks have for their modules', () => {
  assert.deepEqual(mapsOf(MODULES), { 'src/index.js': 'src_index_js_map' });
  assert.deepEqual(mapsOf({ ...SERVICE_WORKER, modules: [part('script.js', 'esm'), part('script.js.map', 'sourcemap')], bindings: [] }), {
    main: 'script_js_map',
  });
  assert.equal(mapsOf(CACHE), undefined);
});

test('[OB-10] nobody is told what a version does in its trial', () => {
  const traced = { ...WHERE, observeFolder: '/run/sb/observe' };
  const { workers, externals } = planTrial(CACHE, traced);
  assert.deepEqual(
    [workers.map(({ name, tail }) => [name, tail]), externals],
    [
      [
        ['probe', undefined],
        ['main', undefined],
      ],
      [],
    ],
  );
  assert.ok(planProcess(CACHE, traced).workers.some(({ tail }) => tail !== undefined));
});

test('[X-36] a trial has no gate, no debug port and nothing experimental, whatever the version binds', () => {
  const { workers, externals, isExperimental, debugSocket } = planTrial(SERVICES, { ...WHERE, debugSocket: '/run/sb/w-abc/g' });
  assert.deepEqual([workers.map(({ name }) => name), externals, isExperimental, debugSocket], [['probe', 'main'], [], false, undefined]);
});

test('[U-2] the keys of certificates stand beside the configuration, in the order in which it embeds them', () => {
  const plan = planProcess(CERTIFICATES, WHERE);
  assert.deepEqual(
    plan.clients.map(({ privateKey }) => privateKey),
    ['hush-one', 'hush-two'],
  );
  assert.doesNotMatch(renderConfig(plan), /hush/);
});

test('[X-3] secrets go into the environment of the process, never into its configuration', () => {
  const plan = planProcess(MODULES, WHERE);
  assert.deepEqual(plan.environment, { SB_SECRET_0: 'hush-hush', SB_SECRET_1: 'hush-too' });
  assert.doesNotMatch(renderConfig(plan), /hush/);
});
