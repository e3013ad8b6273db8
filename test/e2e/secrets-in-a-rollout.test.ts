/** Secrets change in any state of a rollout, by the real wrangler, where Cloudflare answers 10214 or 10215 and blocks. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { idAfter } from '../support/printed.ts';
import { makeProject } from '../support/project.ts';
import { succeeded } from '../support/run.ts';
import { startServer } from '../support/server.ts';

const server = await startServer();
after(() => server[Symbol.asyncDispose]());

interface Version {
  readonly id: string;
  readonly number: number;
  readonly resources: {
    readonly bindings: readonly { readonly name: string; readonly type: string }[];
    readonly script: Readonly<Record<string, unknown>>;
    readonly script_runtime: Readonly<Record<string, unknown>>;
  };
}

/** (module (func (export "answer") (result i32) i32.const 42)) */
const WASM = Buffer.from('0061736d010000000105016000017f03020100070a0106616e7377657200000a06010400412a0b', 'hex');

/** Shows all that a version has: its code, its WebAssembly, its text, its variables and its secrets. */
const showing = (step: string): string => `
  import wasm from './answer.wasm';
  import page from './page.txt';
  import { lib } from './lib.js';
  export default {
    async fetch(request, env) {
      const { exports } = await WebAssembly.instantiate(wasm);
      const texts = Object.fromEntries(Object.entries(env).filter(([, value]) => typeof value === 'string').sort());
      return Response.json({ step: ${JSON.stringify(step)}, lib, answer: exports.answer(), page, shapes: env.SHAPES, meta: typeof env.META.id, texts });
    },
  };`;

const projectAt = (step: string): string => {
  const dir = makeProject({
    dir: server.projectFolder('vault'),
    name: 'vault',
    code: showing(step),
    config: {
      no_bundle: true,
      rules: [{ type: 'ESModule', globs: ['**/*.js'] }],
      vars: { STEP: step, SHAPES: { round: true } },
      version_metadata: { binding: 'META' },
      placement: { mode: 'smart' },
      limits: { cpu_ms: 5000 },
      compatibility_flags: ['nodejs_compat'],
    },
    format: 'jsonc',
  });
  mkdirSync(join(dir, 'src'), { recursive: true });
  writeFileSync(join(dir, 'src', 'answer.wasm'), WASM);
  writeFileSync(join(dir, 'src', 'page.txt'), `page of ${step}`);
  writeFileSync(join(dir, 'src', 'lib.js'), `export const lib = 'lib of ${step}';`);
  return dir;
};

let project = '';
const wrangler = async (args: readonly string[], input?: string): Promise<string> =>
  succeeded(await server.client('4.164', args, input === undefined ? { project } : { project, input })).combined;

const versions = async (): Promise<readonly Version[]> => {
  const { items } = (await server.api('GET', 'workers/scripts/vault/versions?per_page=100')) as { items: readonly Version[] };
  return items.toSorted((a, b) => a.number - b.number);
};
const active = async (): Promise<readonly { version_id: string; percentage: number }[]> => {
  const { deployments } = (await server.api('GET', 'workers/scripts/vault/deployments')) as {
    deployments: readonly { versions: readonly { version_id: string; percentage: number }[] }[];
  };
  return deployments[0]?.versions ?? [];
};
/** What one version answers, whatever share it has. */
const shownBy = async (id: string): Promise<Record<string, unknown>> =>
  JSON.parse((await server.visit('vault', '/', { 'cloudflare-workers-version-overrides': `vault="${id}"` })).text);

/** Everything of a version that a change of secrets must leave as it is. */
const keptOf = ({ resources }: Version) => ({
  bindings: resources.bindings.filter(({ type }) => type !== 'secret_text').toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  script: resources.script,
  runtime: resources.script_runtime,
});
const expected = (step: string, secrets: Readonly<Record<string, string>>) => ({
  step,
  lib: `lib of ${step}`,
  answer: 42,
  page: `page of ${step}`,
  shapes: { round: true },
  meta: 'string',
  texts: { ...secrets, STEP: step },
});

/** The versions a step made, and the one each was made from. */
const madeBy = async (work: () => Promise<unknown>): Promise<readonly Version[]> => {
  const before = await versions();
  await work();
  return (await versions()).slice(before.length);
};

test('[S-2] [S-3] in a split and with a newer version waiting, each `secret` command makes one version from each, and the split stays', async () => {
  project = projectAt('one');
  await wrangler(['deploy']);
  const [one] = await versions();
  projectAt('two');
  const two = idAfter('Worker Version ID:', await wrangler(['versions', 'upload']));
  await wrangler(['versions', 'deploy', `${one!.id}@90`, `${two}@10`, '-y']);
  projectAt('three');
  await wrangler(['versions', 'upload']);
  let bases = await versions();
  assert.deepEqual(
    bases.map(({ number }) => number),
    [1, 2, 3],
  );
  const changes: readonly (readonly [readonly string[], string | undefined, Readonly<Record<string, string>>])[] = [
    [['secret', 'put', 'TOKEN'], 'first', { TOKEN: 'first' }],
    [['secret', 'bulk'], JSON.stringify({ TOKEN: 'second', KEY: 'k' }), { KEY: 'k', TOKEN: 'second' }],
    [['secret', 'delete', 'KEY'], undefined, { TOKEN: 'second' }],
  ];
  for (const [args, input, secrets] of changes) {
    const made = await madeBy(() => wrangler(args, input));
    assert.deepEqual(
      made.map(({ number }) => number),
      [0, 1, 2].map((at) => bases[2]!.number + 1 + at),
      args.join(' '),
    );
    assert.deepEqual(await active(), [
      { version_id: made[0]!.id, percentage: 90 },
      { version_id: made[1]!.id, percentage: 10 },
    ]);
    for (const [at, step] of ['one', 'two'].entries()) {
      assert.deepEqual(keptOf(made[at]!), keptOf(bases[at]!), `${args.join(' ')}: version ${step} keeps what it had`);
      assert.deepEqual(await shownBy(made[at]!.id), expected(step, secrets));
    }
    assert.deepEqual(keptOf(made[2]!), keptOf(bases[2]!), `${args.join(' ')}: the waiting version keeps what it had`);
    bases = made;
  }
  await wrangler(['versions', 'deploy', `${bases[2]!.id}@100`, '-y']);
  assert.deepEqual(await shownBy(bases[2]!.id), expected('three', { TOKEN: 'second' }), 'deployed later it has the new secret');
});

test('[S-4] secrets change after a rollback, when the newest version is not the one that serves', async () => {
  const [before] = await active();
  const all = await versions();
  projectAt('four');
  await wrangler(['deploy']);
  await wrangler(['rollback', before!.version_id, '-y']);
  assert.ok(all.some(({ id }) => id === before!.version_id));
  const made = await madeBy(() => wrangler(['secret', 'put', 'TOKEN'], 'third'));
  assert.equal(made.length, 2, 'one from what serves, one from the newest');
  assert.deepEqual(await active(), [{ version_id: made[0]!.id, percentage: 100 }]);
  assert.deepEqual(await shownBy(made[0]!.id), expected('three', { TOKEN: 'third' }));
  await wrangler(['versions', 'deploy', `${made[1]!.id}@100`, '-y']);
  assert.deepEqual(await shownBy(made[1]!.id), expected('four', { TOKEN: 'third' }), 'deploying the newest brings no old secret back');
});

test('[S-5] each `versions secret` command starts from the newest version, in a split too, keeps the rest of it, and deploys nothing', async () => {
  const all = await versions();
  const [older, newer] = [all.at(-2)!, all.at(-1)!];
  await wrangler(['versions', 'deploy', `${older.id}@50`, `${newer.id}@50`, '-y']);
  projectAt('five');
  await wrangler(['versions', 'upload']);
  const serving = await active();
  const base = (await versions()).at(-1)!;
  const changes: readonly (readonly [readonly string[], string | undefined, Readonly<Record<string, string>>])[] = [
    [['versions', 'secret', 'put', 'LATER'], 'one', { LATER: 'one', TOKEN: 'third' }],
    [['versions', 'secret', 'bulk'], JSON.stringify({ LATER: 'two', MORE: 'm' }), { LATER: 'two', MORE: 'm', TOKEN: 'third' }],
    [['versions', 'secret', 'delete', 'MORE'], undefined, { LATER: 'two', TOKEN: 'third' }],
  ];
  for (const [args, input, secrets] of changes) {
    const made = await madeBy(() => wrangler(args, input));
    assert.equal(made.length, 1, args.join(' '));
    assert.deepEqual(keptOf(made[0]!), keptOf(base), args.join(' '));
    assert.deepEqual(
      made[0]!.resources.bindings.flatMap(({ type, name }) => (type === 'secret_text' ? [name] : [])).toSorted(),
      Object.keys(secrets),
    );
    assert.deepEqual(await active(), serving, args.join(' '));
  }
  const last = (await versions()).at(-1)!;
  await wrangler(['versions', 'deploy', `${last.id}@100`, '-y']);
  assert.deepEqual(await shownBy(last.id), expected('five', { LATER: 'two', TOKEN: 'third' }));
});
