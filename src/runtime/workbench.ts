import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { TestContext } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import type { Module, ModuleKind, VersionSpec } from '../domain/index.ts';
import { ModuleStore } from '../files/index.ts';

/** For tests: a runtime folder and a module store of their own, gone with the test. */
export interface Workbench {
  readonly runtimeDir: string;
  readonly store: ModuleStore;
  readonly modulePath: (digest: string) => string;
  /** A version of these files, the first of them its main module. */
  aVersion(files: Readonly<Record<string, string | Uint8Array>>, more?: Partial<VersionSpec>): Promise<VersionSpec>;
}

export const aWorkbench = async (test: TestContext): Promise<Workbench> => {
  const folder = await mkdtemp(join(tmpdir(), 'sb-'));
  test.after(() => rm(folder, { recursive: true, force: true }));
  const store = new ModuleStore(join(folder, 'modules'));
  return {
    runtimeDir: join(folder, 'run'),
    store,
    modulePath: (digest) => store.path(digest),
    aVersion: async (files, more = {}) => {
      const modules: Module[] = [];
      for (const [name, content] of Object.entries(files)) modules.push(await stored(store, name, content));
      return { ...A_VERSION, mainModule: Object.keys(files)[0] ?? '', modules, ...more };
    },
  };
};

const A_VERSION: VersionSpec = {
  id: '11111111-1111-4111-8111-111111111111',
  script: 'hello',
  tag: undefined,
  createdOn: '2026-11-01T10:00:00.000001Z',
  syntax: 'modules',
  mainModule: 'index.js',
  modules: [],
  bindings: [],
  compatibilityDate: '2026-11-01',
  compatibilityFlags: [],
  limits: {},
};

const stored = async (store: ModuleStore, name: string, content: string | Uint8Array): Promise<Module> => {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const { digest, size } = await store.put(Readable.from([bytes]));
  return { name, kind: kindOf(name), contentType: 'application/octet-stream', digest, size };
};

const KINDS: Readonly<Record<string, ModuleKind>> = {
  js: 'esm',
  cjs: 'commonjs',
  wasm: 'wasm',
  txt: 'text',
  bin: 'data',
  json: 'json',
  map: 'sourcemap',
};
const kindOf = (name: string): ModuleKind => KINDS[name.slice(name.lastIndexOf('.') + 1)] ?? 'esm';

/** Asks the version over its socket: GET, or POST where there is a body; rejects when the connection breaks. */
export const ask = async (
  socketPath: string,
  path = '/',
  headers: Readonly<Record<string, string>> = {},
  body?: string,
): Promise<string> => {
  const method = body === undefined ? 'GET' : 'POST';
  const asked = request({ socketPath, path, method, headers: { host: 'hello.test', ...headers }, agent: false });
  asked.end(body);
  const [answer] = await once(asked, 'response');
  let said = '';
  for await (const chunk of answer) said += String(chunk);
  return said;
};

/** Waits for a condition, never for a time. */
export const until = async (isTrue: () => boolean | Promise<boolean>, what: string, withinMs = 20_000): Promise<void> => {
  const deadline = performance.now() + withinMs;
  while (!(await isTrue())) {
    if (performance.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await wait(5);
  }
};

export const HELLO = `export default { fetch: () => new Response('hello') };`;
