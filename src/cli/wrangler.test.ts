import assert from 'node:assert/strict';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { callableUrls } from './opened-urls.ts';
import type { Status } from './status.ts';
import { chooseWrangler, satisfies } from './wrangler-binary.ts';
import { listenToWrangler } from './wrangler-output.ts';
import { wranglerEnvironment } from './wrangler.ts';

const temporaryFolder = (t: TestContext): string => {
  const folder = mkdtempSync(join(tmpdir(), 'switchback-cli-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
};

const projectWith = (t: TestContext, manifest: object): string => {
  const project = temporaryFolder(t);
  const home = join(project, 'node_modules', 'wrangler');
  mkdirSync(join(home, 'bin'), { recursive: true });
  mkdirSync(join(project, 'packages', 'deep'), { recursive: true });
  writeFileSync(join(home, 'package.json'), JSON.stringify(manifest));
  writeFileSync(join(home, 'bin', 'wrangler.js'), '');
  return project;
};

test("the project's own wrangler is found from a folder deep inside it", (t) => {
  const project = projectWith(t, { version: '3.40.0', bin: { wrangler: './bin/wrangler.js' }, engines: { node: '>=16.17.0' } });
  const { wrangler, remark } = chooseWrangler(join(project, 'packages', 'deep'));
  assert.deepEqual(wrangler, { script: join(project, 'node_modules/wrangler/bin/wrangler.js'), version: '3.40.0', isBundled: false });
  assert.equal(remark, undefined);
});

test('without one of its own the project gets the bundled wrangler', (t) => {
  assert.equal(chooseWrangler(temporaryFolder(t)).wrangler.isBundled, true);
});

test('a wrangler that this Node cannot run is passed over, and why is said', (t) => {
  const project = projectWith(t, { version: '9.0.0', engines: { node: '>=99' } });
  const { wrangler, remark } = chooseWrangler(project, '24.21.0');
  assert.equal(wrangler.isBundled, true);
  assert.equal(remark, "The project's own wrangler 9.0.0 needs Node >=99, and this is 24.21.0");
});

test('the ranges of Node that wranglers ask for are understood', () => {
  const cases: readonly (readonly [string, boolean])[] = [
    ['>=16.7.0', true],
    ['>=24.22', false],
    ['^18.0.0 || >=20.1', true],
    ['^18.0.0 || ^22.0.0', false],
    ['^24.0.0', true],
    ['*', true],
  ];
  for (const [range, expected] of cases) assert.equal(satisfies('24.21.0', range), expected, range);
});

test('wrangler gets the variables of this server, and none that would lead it elsewhere', () => {
  const server = { api_token: 't', account_id: 'a', control_url: 'http://127.0.0.1:7450' };
  const environment = { PATH: '/bin', CLOUDFLARE_API_KEY: 'k', CLOUDFLARE_EMAIL: 'e', CF_API_TOKEN: 'old', CLOUDFLARE_API_TOKEN: 'old' };
  assert.deepEqual(wranglerEnvironment(environment, server), {
    PATH: '/bin',
    CLOUDFLARE_API_BASE_URL: 'http://127.0.0.1:7450/client/v4',
    CLOUDFLARE_API_TOKEN: 't',
    CLOUDFLARE_ACCOUNT_ID: 'a',
    WRANGLER_SEND_METRICS: 'false',
  });
});

const ENTRY = '{"type":"deploy","worker_name":"hello","version_id":"v"}\n';
const entry = { type: 'deploy', worker_name: 'hello', version_id: 'v' };

test('where the user names no output file wrangler writes to one of ours, which goes again', () => {
  const output = listenToWrangler({});
  const file = output.variables['WRANGLER_OUTPUT_FILE_PATH'] ?? '';
  assert.deepEqual(output.entries(), []);
  appendFileSync(file, ENTRY);
  assert.deepEqual(output.entries(), [entry]);
  output.close();
  assert.equal(existsSync(file), false);
});

test("the user's own output file stays in use, and only what is new in it is read", (t) => {
  const file = join(temporaryFolder(t), 'out.ndjson');
  writeFileSync(file, `${ENTRY}not json\n`);
  const output = listenToWrangler({ WRANGLER_OUTPUT_FILE_PATH: file });
  assert.deepEqual(output.variables, {});
  assert.deepEqual(output.entries(), []);
  appendFileSync(file, ENTRY);
  assert.deepEqual(output.entries(), [entry]);
  output.close();
  assert.ok(existsSync(file));
});

test("the user's own output folder stays in use", (t) => {
  const folder = join(temporaryFolder(t), 'made-by-wrangler');
  const output = listenToWrangler({ WRANGLER_OUTPUT_FILE_DIRECTORY: folder });
  assert.deepEqual(output.entries(), []);
  mkdirSync(folder);
  writeFileSync(join(folder, 'wrangler-output-1.json'), ENTRY);
  assert.deepEqual(output.entries(), [entry]);
});

const statusWith = (deployment: string | null, url: string | null = 'http://hello.acme.localhost:7480'): Status => ({
  running: true,
  control_url: 'http://127.0.0.1:7450',
  edge_url: 'http://127.0.0.1:7480',
  generation: 1,
  edges: [],
  workers: [{ name: 'hello', url, deployment: deployment === null ? null : { id: deployment, created_on: '', author: '', versions: [] } }],
});

test('after a deploy the address with its port is told, and that there is none yet', () => {
  assert.deepEqual(callableUrls(statusWith('1'), statusWith('2'), [entry]), [{ worker: 'hello', url: 'http://hello.acme.localhost:7480' }]);
  assert.deepEqual(callableUrls(statusWith('1'), statusWith('2', null), [entry]), [{ worker: 'hello', url: undefined }]);
});

test('after an upload it is the address of the version, whatever base wrangler gave it', () => {
  for (const base of ['acme.workers.dev', 'acme.localhost:7480']) {
    const upload = {
      type: 'version-upload',
      worker_name: 'hello',
      version_id: '0bdc8ed9-eb1d',
      preview_url: `https://0bdc8ed9-hello.${base}`,
    };
    assert.deepEqual(callableUrls(statusWith('1'), statusWith('1'), [upload]), [
      { worker: 'hello at version 0bdc8ed9-eb1d', url: 'http://0bdc8ed9-hello.acme.localhost:7480' },
    ]);
  }
});

test('a rollback writes no entry: the Worker whose deployment changed is told', () => {
  assert.deepEqual(callableUrls(statusWith('1'), statusWith('2'), []), [{ worker: 'hello', url: 'http://hello.acme.localhost:7480' }]);
  assert.deepEqual(callableUrls(statusWith('1'), statusWith('1'), []), []);
});

test('a dry run tells nothing', () => {
  assert.deepEqual(callableUrls(statusWith('1'), statusWith('1'), [{ type: 'deploy', worker_name: 'hello', version_id: null }]), []);
});
