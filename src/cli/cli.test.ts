import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';

const EXECUTABLE = join(import.meta.dirname, '..', '..', 'bin', 'switchback');

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A user of the command line: a home, a working folder, and a control plane that answers what the test says. */
class User {
  readonly home = mkdtempSync(join(tmpdir(), 'switchback-user-'));
  readonly calls: string[] = [];
  #server: Server | undefined;

  constructor(t: TestContext) {
    t.after(() => {
      this.#server?.close();
      this.#server?.closeAllConnections();
      rmSync(this.home, { recursive: true });
    });
  }

  async run(...args: string[]): Promise<Outcome> {
    return this.runIn(this.home, ...args);
  }

  async runIn(cwd: string, ...args: string[]): Promise<Outcome> {
    const { HOME: _home, SWITCHBACK_DATA: _data, ...rest } = process.env;
    const env = { ...rest, XDG_STATE_HOME: join(this.home, 'state'), NO_COLOR: '1' };
    return new Promise((resolve) => {
      execFile(EXECUTABLE, args, { cwd, env }, (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
      });
    });
  }

  /** Lets a control plane run that this user's state folder knows. */
  async serve(answer: (call: string) => unknown): Promise<string> {
    this.#server = createServer((request, response) => {
      const call = `${request.method} ${request.url} ${request.headers.authorization}`;
      this.calls.push(call);
      response.end(JSON.stringify(answer(call)));
    });
    await new Promise<void>((resolve) => this.#server?.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    const data = join(this.home, 'data');
    mkdirSync(data);
    writeFileSync(join(data, 'credentials'), JSON.stringify({ api_token: 'sb_secret', account_id: 'a'.repeat(32), control_url: url }));
    const records = join(this.home, 'state', 'switchback', 'running');
    mkdirSync(records, { recursive: true });
    const record = { data, control_url: url, pid: process.pid, started_on: new Date().toISOString() };
    writeFileSync(join(records, 'one.json'), JSON.stringify(record));
    return url;
  }

  path(name: string): string {
    return join(this.home, name);
  }
}

const ok = (result: unknown): unknown => ({ success: true, result, errors: [], messages: [] });

test('without a server every command that needs one says how to start it and ends with 3', async (t) => {
  const user = new User(t);
  for (const command of [
    ['status'],
    ['dashboard'],
    ['preflight', 'hello', 'v'],
    ['compare', 'hello'],
    ['metrics', 'hello'],
    ['logs', 'hello'],
    ['stop'],
    ['env'],
    ['link'],
    ['zone', 'list'],
    ['token', 'list'],
    ['wrangler', 'deploy'],
  ]) {
    assert.deepEqual(await user.run(...command), {
      code: 3,
      stdout: '',
      stderr: 'switchback: No Switchback server of yours is running. Start it with: switchback start\n',
    });
  }
  assert.deepEqual(await user.run('status', '--json'), { code: 3, stdout: '{\n  "running": false\n}\n', stderr: '' });
  const { code, stdout } = await user.run('stop', '--json');
  assert.deepEqual([code, JSON.parse(stdout)], [3, { stopped: false }]);
});

test('a server that is gone though its record is not counts as none', async (t) => {
  const user = new User(t);
  const records = user.path('state/switchback/running');
  mkdirSync(records, { recursive: true });
  mkdirSync(user.path('data'));
  writeFileSync(user.path('data/credentials'), JSON.stringify({ api_token: 't', account_id: 'a', control_url: 'http://127.0.0.1:1' }));
  writeFileSync(
    join(records, 'one.json'),
    JSON.stringify({ data: user.path('data'), control_url: 'http://127.0.0.1:1', pid: process.pid, started_on: '' }),
  );
  const { code, stderr } = await user.run('status');
  assert.deepEqual(
    [code, stderr],
    [3, 'switchback: No Switchback server answers at http://127.0.0.1:1. Start it with: switchback start\n'],
  );
});

test('what is not understood ends with 2 and suggests what was meant', async (t) => {
  const user = new User(t);
  const cases = [
    [['staus'], "unknown command 'staus'\n(Did you mean status?)"],
    [['start', '--edge-prot', '1'], "unknown option '--edge-prot'\n(Did you mean --edge-port?)"],
    [['zone', 'add'], "missing required argument 'name'"],
    [['audit', '--since', 'yesterday'], 'Use 90m, 12h, 1d or 2w, or a date such as 2026-11-21.'],
    [['audit', '--limit', '0'], 'Use a number from 1 to 1000.'],
    [['logs', 'hello', '--limit', '101'], 'Use a number from 1 to 100.'],
    [['completion', 'tcsh'], 'There is no completion for tcsh: use bash, zsh, fish.'],
    [
      ['start', '--edge-port', 'x', '--host', 'y'],
      '--host must be an IP address or localhost, not "y"\n  --edge-port must be a whole number',
    ],
  ] as const;
  for (const [args, expected] of cases) {
    const { code, stderr } = await user.run(...args);
    assert.equal(code, 2, stderr);
    assert.ok(stderr.includes(expected), stderr);
  }
});

test('[OB-45] compare asks for what is named, and prints JSON for programs', async (t) => {
  const user = new User(t);
  const side = { version_id: '22222222-2222-4222-8222-222222222222', number: 2, tag: null, message: null, requests: 0 };
  const nothing = { version: null, baseline: null, difference: null, interval: { lower: null, upper: null }, shows_from: null };
  const rate = {
    ...nothing,
    hits: { version: 0, baseline: 0 },
    verdict: 'too_early',
    missing: { version: 816, baseline: 816, seconds: null },
  };
  const compared = {
    worker: 'hello',
    since: '2026-11-21T20:10:00.000Z',
    until: '2026-11-21T20:40:00.000Z',
    version: side,
    baseline: { ...side, number: 1 },
  };
  const answer = { ...compared, verdict: 'too_early', error_rate: rate, latency: [], exceptions: [] };
  await user.serve(() => ok(answer));
  const { code, stdout } = await user.run('compare', 'hello');
  assert.equal(code, 0);
  assert.ok(stdout.endsWith('\nIt is too early to tell. It takes about 820 more requests of #2 and 820 of #1.\n'), stdout);
  assert.equal(user.calls.at(-1), 'GET /switchback/v1/workers/hello/compare? Bearer sb_secret');
  const named = ['--version', '22222222', '--baseline', '11111111', '--since', '2026-11-21'];
  assert.deepEqual(JSON.parse((await user.run('compare', 'hello', ...named, '--json')).stdout), answer);
  const query = 'version=22222222&baseline=11111111&since=2026-11-21T00%3A00%3A00.000Z';
  assert.equal(user.calls.at(-1), `GET /switchback/v1/workers/hello/compare?${query} Bearer sb_secret`);
});

test('[MX-5] metrics shows what each version did, and prints JSON for programs', async (t) => {
  const user = new User(t);
  const group = {
    key: 'c0ffee00-0000-4000-8000-000000000002',
    version: { id: 'c0ffee00-0000-4000-8000-000000000002', number: 2, tag: 'v2', message: 'new\u001b[31m checkout' },
    requests: 2000,
    errors: 3,
    error_rate: 0.0015,
    latency_ms: { p50: 1.25, p90: 80.4, p99: 1500 },
    cpu_ms: 700,
    series: [],
  };
  const metrics = {
    worker: 'hello',
    since: '2026-11-21T07:00:00.000Z',
    until: '2026-11-21T08:00:00.000Z',
    step_seconds: 60,
    group: 'version',
  };
  let groups: readonly unknown[] = [group];
  await user.serve(() => ok({ ...metrics, groups }));
  assert.deepEqual(await user.run('metrics', 'hello'), {
    code: 0,
    stdout:
      'VERSION       REQUESTS  ERRORS  RATE    P50     P90    P99    CPU     MESSAGE\n' +
      'c0ffee00 (2)  2000      3       0.15 %  1.3 ms  80 ms  1.5 s  700 ms  new checkout\n',
    stderr: '',
  });
  assert.equal(user.calls.at(-1), 'GET /switchback/v1/workers/hello/metrics Bearer sb_secret');
  assert.deepEqual(JSON.parse((await user.run('metrics', 'hello', '--json')).stdout), { ...metrics, groups });
  groups = [];
  assert.equal((await user.run('metrics', 'hello', '--since', '2026-11-21')).stdout, 'hello was not called since 2026-11-21T07:00:00Z.\n');
});

test('[MX-5] logs shows invocations with what they wrote and threw, the newest last', async (t) => {
  const user = new User(t);
  const one = {
    id: 'ray-1',
    at: '2026-11-21T08:00:00.000Z',
    version: { id: 'c0ffee00-0000-4000-8000-000000000002', tag: null, message: null },
    kind: 'fetch',
    entrypoint: null,
    event: null,
    is_truncated: true,
    outcome: 'exception',
    status: 500,
    wall_ms: 12.34,
    method: 'GET',
    url: 'hello.example/cart',
    logs: [{ at: '2026-11-21T08:00:00.000Z', level: 'warn', message: ['paying', { order: 17 }] }],
    exceptions: [
      {
        at: '2026-11-21T08:00:00.000Z',
        name: 'TypeError',
        message: 'no cart\nat all',
        stack: 'TypeError: no\n    at pay (src/pay.ts:3:5)',
      },
    ],
  };
  const event = { cron: '*/5 * * * *' };
  const none = { status: null, url: null, method: null, logs: [], exceptions: [], is_truncated: false };
  const cron = { ...one, ...none, id: 'ray-2', kind: 'scheduled', outcome: 'ok', entrypoint: 'Clock', event };
  let invocations: readonly unknown[] = [cron, one];
  await user.serve(() => ok(invocations));
  const { stdout } = await user.run('logs', 'hello', '--errors', '--version', 'c0ffee00', '--search', 'pay', '--limit', '2');
  assert.equal(
    stdout,
    `2026-11-21T08:00:00.000Z  c0ffee00  GET hello.example/cart  500 exception  12 ms  ray-1
  warn: paying {"order":17}
  TypeError: no cart at all
    at pay (src/pay.ts:3:5)
  … and more, which was not kept
2026-11-21T08:00:00.000Z  c0ffee00  scheduled */5 * * * * (Clock)  ok  12 ms  ray-2
`,
  );
  const query = 'version=c0ffee00&errors=true&search=pay&limit=2';
  assert.equal(user.calls.at(-1), `GET /switchback/v1/workers/hello/invocations?${query} Bearer sb_secret`);
  invocations = [];
  assert.match((await user.run('logs', 'hello')).stderr, /^Nothing is kept of hello/);
});

test('[MX-5] logs looks on where a page ended before it found enough', async (t) => {
  const user = new User(t);
  const record = { at: '2026-11-21T08:00:00.000Z', version: { id: 'c0ffee00-0' }, kind: 'scheduled', outcome: 'ok', url: null, wall_ms: 5 };
  const found = (id: string) => ({ ...record, status: null, id, logs: [], exceptions: [] });
  const pages: Readonly<Record<string, readonly [records: readonly unknown[], info: unknown]>> = {
    '': [[], { cursor: '30-3', looked_back_to: '1970-01-01T00:00:00.030Z' }],
    '30-3': [[found('ray-2')], { cursor: '20-2', looked_back_to: '1970-01-01T00:00:00.020Z' }],
    '20-2': [[found('ray-1')], { count: 1 }],
  };
  await user.serve((call) => {
    const [records, info] = pages[/cursor=([^& ]+)/.exec(call)?.[1] ?? ''] ?? assert.fail(call);
    return { success: true, result: records, result_info: info };
  });
  const { stdout, stderr } = await user.run('logs', 'hello', '--search', 'rare', '--until', '2026-11-21', '--limit', '3');
  assert.match(stdout, /ray-1\n.*ray-2\n$/);
  assert.equal(stderr, '');
  const limits = user.calls.map((call) => /until=([0-9-]+).*limit=(\d)/.exec(call)?.slice(1).join(' '));
  assert.deepEqual(limits, ['2026-11-21 3', '2026-11-21 3', '2026-11-21 2']);
});

test('[SE-3] dashboard prints a link that signs in, alone on standard output', async (t) => {
  const user = new User(t);
  const link = { url: 'http://127.0.0.1:7450/sign-in#code=abc', expires_on: '2026-11-01T10:10:00.000Z' };
  await user.serve(() => ok(link));
  assert.deepEqual(await user.run('dashboard'), {
    code: 0,
    stdout: `${link.url}\n`,
    stderr: 'The dashboard. This link signs in once, within 10 minutes:\n',
  });
  assert.deepEqual(JSON.parse((await user.run('dashboard', '--json')).stdout), link);
  assert.deepEqual(user.calls, Array(2).fill('POST /switchback/v1/session/codes Bearer sb_secret'));
});

test('[A-18] audit shows who changed what and when, filtered as it was asked to', async (t) => {
  const user = new User(t);
  const entries = [
    {
      id: '1',
      at: '2026-11-21T08:40:00.000Z',
      actor: { id: 'e', email: 'edge-1' },
      action: 'version.trip',
      target: 'worker/hello',
      detail: { reason: 'It crashed.' },
    },
    {
      id: '2',
      at: '2026-11-21T08:34:51.142Z',
      actor: { id: 'i', email: 'ada@example.com', ip: '10.0.0.7' },
      action: 'deployment.create',
      target: 'worker/hello',
      detail: { source: 'wrangler', message: 'All\u001b[2J\nof it' },
    },
  ];
  await user.serve((call) => ok(call.includes('worker%2Fnobody') ? [] : entries));
  assert.deepEqual(await user.run('audit', '--limit', '2'), {
    code: 0,
    stdout: `WHEN                  WHAT               TO            BY               FROM               MESSAGE
2026-11-21T08:40:00Z  version.trip       worker/hello  edge-1                              It crashed.
2026-11-21T08:34:51Z  deployment.create  worker/hello  ada@example.com  wrangler 10.0.0.7  All of it
`,
    stderr: 'These are the 2 newest; there may be more: --limit, --since\n',
  });
  assert.deepEqual(JSON.parse((await user.run('audit', '--json')).stdout), entries);
  assert.equal(user.calls.at(-1), 'GET /switchback/v1/audit?per_page=50 Bearer sb_secret');
  const filtered = ['--worker', 'nobody', '--action', 'deployment', '--actor', 'ada@example.com', '--since', '2026-11-21'];
  assert.equal((await user.run('audit', ...filtered)).stdout, 'Nothing was changed that this is true of.\n');
  const query = 'target=worker%2Fnobody&action=deployment&actor=ada%40example.com&since=2026-11-21T00%3A00%3A00.000Z&per_page=50';
  assert.equal(user.calls.at(-1), `GET /switchback/v1/audit?${query} Bearer sb_secret`);
  await user.run('audit', '--since', '2d');
  const since = Date.parse(decodeURIComponent(/since=([^&]+)/.exec(user.calls.at(-1) ?? '')?.[1] ?? ''));
  const days = (Date.now() - since) / 86_400_000;
  assert.ok(days >= 2 && days < 2.01, `two days are ${days}`);
});

test('env prints only the lines for a .env', async (t) => {
  const user = new User(t);
  const url = await user.serve(() => ok(null));
  assert.deepEqual(await user.run('env'), {
    code: 0,
    stdout: `CLOUDFLARE_API_BASE_URL=${url}/client/v4\nCLOUDFLARE_API_TOKEN=sb_secret\nCLOUDFLARE_ACCOUNT_ID=${'a'.repeat(32)}\nWRANGLER_SEND_METRICS=false\n`,
    stderr: '',
  });
});

test('link keeps the rest of .env, closes it to others, follows a link and has git ignore it', async (t) => {
  const user = new User(t);
  await user.serve(() => ok(null));
  mkdirSync(user.path('project'));
  writeFileSync(user.path('real.env'), 'MINE=1\nCLOUDFLARE_API_TOKEN=old\n', { mode: 0o644 });
  symlinkSync('../real.env', user.path('project/.env'));
  const { code, stdout, stderr } = await user.run('link', 'project');
  assert.deepEqual([code, stderr], [0, '']);
  assert.match(readFileSync(user.path('project/.env'), 'utf8'), /^MINE=1\nCLOUDFLARE_API_TOKEN=sb_secret\nCLOUDFLARE_API_BASE_URL=/);
  assert.equal(statSync(user.path('project/.env')).mode & 0o777, 0o600);
  assert.ok(lstatSync(user.path('project/.env')).isSymbolicLink());
  assert.equal(readFileSync(user.path('project/.gitignore'), 'utf8'), '.env\n');
  assert.match(stdout, /wrangler dev hands the values of \.env to your local code/);
  assert.match(stdout, /CLOUDFLARE_LOAD_DEV_VARS_FROM_DOT_ENV=false/);
});

test('within a linked project every command goes to the server of its .env, unless another is named', async (t) => {
  const user = new User(t);
  await user.serve(() => ok([]));
  const linked = new User(t);
  const url = await linked.serve(() => ok([{ id: 'z', name: 'linked.example' }]));
  mkdirSync(user.path('project/src'), { recursive: true });
  const variables = `CLOUDFLARE_API_BASE_URL=${url}/client/v4\nCLOUDFLARE_API_TOKEN="sb_linked"\nCLOUDFLARE_ACCOUNT_ID=${'c'.repeat(32)}\n`;
  writeFileSync(user.path('project/.env'), variables);
  const within = user.path('project/src');
  assert.match((await user.runIn(within, 'zone', 'list')).stdout, /linked\.example/);
  assert.deepEqual(linked.calls, ['GET /client/v4/zones Bearer sb_linked']);
  await user.runIn(within, 'zone', 'list', '--data', user.path('data'));
  assert.deepEqual(user.calls, ['GET /client/v4/zones Bearer sb_secret']);
  writeFileSync(user.path('project/.env'), variables.replace(/http:.*\/client/, 'https://api.cloudflare.com/client'));
  await user.runIn(within, 'zone', 'list');
  assert.equal(user.calls.length, 2, "Cloudflare's own address links to no server of ours");
});

test('a link that leads nowhere any more says so, and link mends it', async (t) => {
  const user = new User(t);
  const url = await user.serve(() => ok([]));
  const stale = 'CLOUDFLARE_API_BASE_URL=http://127.0.0.1:1/client/v4\nCLOUDFLARE_API_TOKEN=t\nCLOUDFLARE_ACCOUNT_ID=a\n';
  writeFileSync(user.path('.env'), stale);
  const { code, stderr } = await user.run('zone', 'list');
  const sentence = `No Switchback server answers at http://127.0.0.1:1, to which ${user.path('.env')} links. Start it, or link another: switchback link`;
  assert.deepEqual([code, stderr], [3, `switchback: ${sentence}\n`]);
  assert.equal((await user.run('link')).code, 0);
  assert.ok(readFileSync(user.path('.env'), 'utf8').includes(`${url}/client/v4`));
  assert.equal((await user.run('zone', 'list')).code, 0);
});

test('stop ends no process that only has the number of a server that was killed', async (t) => {
  const user = new User(t);
  // The record names the process of this test.
  await user.serve(() => ok(null));
  const { code, stderr } = await user.run('stop');
  assert.deepEqual([code, stderr], [3, 'switchback: No Switchback server of yours is running. Start it with: switchback start\n']);
});

test('link warns of what would win over the token', async (t) => {
  const user = new User(t);
  await user.serve(() => ok(null));
  writeFileSync(user.path('.env'), 'CLOUDFLARE_API_KEY=k\n');
  writeFileSync(user.path('.env.local'), 'CLOUDFLARE_API_TOKEN=t\n');
  const { stderr } = await user.run('link');
  assert.match(stderr, /Mind: \.env also holds an API key/);
  assert.match(stderr, /Mind: \.env\.local holds Cloudflare variables/);
});

test('link refuses a folder that is none and touches nothing', async (t) => {
  const user = new User(t);
  const { code, stderr } = await user.run('link', 'nowhere');
  assert.deepEqual([code, stderr], [1, `switchback: ${user.path('nowhere')} is not a folder: name the folder of a Worker's project.\n`]);
  assert.equal(existsSync(user.path('nowhere')), false);
});

test('status is a table for people and JSON for programs', async (t) => {
  const user = new User(t);
  const version = {
    version_id: '648afe8e-efc3-49ca-88d0-b89a3b2c15fd',
    number: 2,
    percentage: 12.5,
    tag: 'two',
    state: 'ready',
    pid: 42,
    reason: null,
  };
  const status = {
    running: true,
    control_url: 'http://127.0.0.1:7450',
    edge_url: 'http://127.0.0.1:7480',
    generation: 7,
    edges: [{ id: 'edge-1', url: 'http://127.0.0.1:7480', generation: 6, connected: true, pending: true }],
    workers: [
      {
        name: 'hello',
        url: 'http://hello.acme.localhost:7480',
        deployment: { id: 'd', created_on: '2026-11-21T08:34:51.142000Z', author: '', versions: [version] },
      },
      { name: 'idle', url: null, deployment: null },
    ],
  };
  await user.serve(() => ok(status));
  assert.deepEqual(JSON.parse((await user.run('status', '--json')).stdout), status);
  assert.equal(
    (await user.run('status')).stdout,
    `API    http://127.0.0.1:7450
Edge   http://127.0.0.1:7480
Table  generation 7, not yet at edge-1

hello  http://hello.acme.localhost:7480
  deployed 2026-11-21T08:34:51Z by unknown
  SHARE   NO  VERSION                               TAG  PROCESS
  12.5 %  #2  648afe8e-efc3-49ca-88d0-b89a3b2c15fd  two  ready (pid 42)

idle  no address yet: enable workers.dev, or add a route
  not deployed
`,
  );
  assert.equal(user.calls[0], 'GET /switchback/v1/status Bearer sb_secret');
});

test('preflight tells what speaks against a deployment and what it would change, and ends with 1 where it would be refused', async (t) => {
  const user = new User(t);
  const [one, two] = ['11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-222222222222'];
  const none = { added: [], removed: [], changed: [] };
  const report = {
    allowed: false,
    needs_force: true,
    active_deployment: null,
    versions: [{ version_id: one, number: 1, percentage: 100 }],
    blockers: [{ code: 100341, message: 'CACHE is gone.', version_id: one }],
    warnings: [{ code: 10220, message: 'KEY has changed.', version_id: one, needs_force: true }],
    differences: [
      {
        version_id: one,
        compared_to: two,
        bindings: { added: ['CACHE'], removed: ['OLD'], changed: ['COLOUR'] },
        secrets: { ...none, changed: ['KEY'] },
        modules: none,
        code_size: { before: 100, after: 120 },
        assets: {
          files: { before: 7, after: 8 },
          differing: 7,
          added: ['/a b.js', '/c.js', '/d.js', '/e.js'],
          removed: ['/f.js', '/g.js'],
          changed: ['/index.html'],
          settings: { ...none, added: ['html_handling'] },
        },
        classes: { ...none, removed: ['Room'] },
        compatibility_date: { before: '2026-10-01', after: null },
        compatibility_flags: { added: [], removed: ['nodejs_compat'] },
        limits: { before: {}, after: { cpu_ms: 50 } },
        placement: null,
      },
    ],
  };
  let answer: object = report;
  await user.serve(() => ok(answer));
  const { code, stdout } = await user.run('preflight', 'hello', `${one}@90`, `${two}@10`);
  assert.equal(code, 1);
  assert.equal(
    stdout,
    `hello: #1 ${one} at 100 %
It would be refused:
  - CACHE is gone. [code: 100341]
  - KEY has changed. [code: 10220]

Against ${two}, which serves, ${one} has:
  bindings            +CACHE -OLD ~COLOUR
  secrets             ~KEY
  code                100 B, then 120 B
  assets              7 files, then 8; 7 differ: +/a b.js +/c.js +/d.js +/e.js -/f.js …
  asset settings      +html_handling
  classes             -Room
  compatibility date  2026-10-01, then none
  compatibility flags -nodejs_compat
  limits              {}, then {"cpu_ms":50}
`,
  );
  const query = `versions=${one}%4090%2C${two}%4010`;
  assert.match(user.calls[0] ?? '', RegExp(`/workers/scripts/hello/deployments/preflight\\?${query} `));
  const asked = await user.run('preflight', 'hello', one, '--json');
  assert.deepEqual([asked.code, JSON.parse(asked.stdout)], [1, report]);
  answer = { ...report, allowed: true, needs_force: false, blockers: [], warnings: [], differences: [] };
  assert.deepEqual(await user.run('preflight', 'hello', one), {
    code: 0,
    stdout: `hello: #1 ${one} at 100 %\nNothing speaks against it.\n`,
    stderr: '',
  });
});

test('status of one Worker shows its processes on every edge, their breakers and the last changes', async (t) => {
  const user = new User(t);
  const broken = {
    edge: 'edge-1',
    state: 'backing_off',
    pid: null,
    started_on: null,
    restarts: 5,
    resident_bytes: null,
    broken_on: '2026-11-21T08:40:00.000Z',
    reason: 'It keeps failing.',
  };
  const ready = {
    ...broken,
    edge: 'edge-2',
    state: 'ready',
    pid: 42,
    started_on: '2026-11-21T08:35:00.123Z',
    restarts: 0,
    resident_bytes: 33_554_432,
    broken_on: null,
    reason: null,
  };
  const version = {
    version_id: '648afe8e-efc3-49ca-88d0-b89a3b2c15fd',
    number: 2,
    percentage: 100,
    tag: null,
    message: 'Say two',
    state: 'ready',
    pid: 42,
    reason: null,
    processes: [ready, broken],
  };
  const worker = {
    name: 'hello',
    url: 'http://hello.acme.localhost:7480',
    deployment: { id: 'd', created_on: '2026-11-21T08:34:51.142000Z', author: 'ada', versions: [version] },
  };
  const change = {
    at: '2026-11-21T08:34:51.142Z',
    actor: { id: 'i', email: 'ada' },
    action: 'deployment.create',
    detail: { message: 'All' },
  };
  const trip = { at: broken.broken_on, actor: { id: 'e', email: 'edge-1' }, action: 'version.trip', detail: { reason: 'It crashed.' } };
  await user.serve((call) => ok(call.includes('/audit?') ? [trip, change] : { workers: [worker] }));
  assert.deepEqual(JSON.parse((await user.run('status', 'hello', '--json')).stdout), { ...worker, changes: [trip, change] });
  assert.equal(user.calls.at(-1), 'GET /switchback/v1/audit?target=worker%2Fhello&per_page=5 Bearer sb_secret');
  assert.equal(
    (await user.run('status', 'hello')).stdout,
    `hello  http://hello.acme.localhost:7480
  deployed 2026-11-21T08:34:51Z by ada
  SHARE  NO  VERSION                               TAG  PROCESS
  100 %  #2  648afe8e-efc3-49ca-88d0-b89a3b2c15fd       ready (pid 42)

  #2  Say two

  NO  EDGE    PROCESS         SINCE                 MEMORY  RESTARTS  BREAKER
  #2  edge-2  ready (pid 42)  2026-11-21T08:35:00Z  32 MB   0         closed
  #2  edge-1  backing_off                                   5         open since 2026-11-21T08:40:00Z

  #2 on edge-1: It keeps failing.

  CHANGED               WHAT               BY      MESSAGE
  2026-11-21T08:40:00Z  version.trip       edge-1  It crashed.
  2026-11-21T08:34:51Z  deployment.create  ada     All
`,
  );
  const { code, stderr } = await user.run('status', 'nobody');
  assert.deepEqual([code, stderr], [1, 'switchback: There is no Worker nobody; there are hello.\n']);
});

test('a refusal of the server is told in its words, with its code', async (t) => {
  const user = new User(t);
  await user.serve(() => ({
    success: false,
    result: null,
    errors: [{ code: 1061, message: 'example.com is there already.' }],
    messages: [],
  }));
  const { code, stderr } = await user.run('zone', 'add', 'example.com');
  assert.deepEqual([code, stderr], [1, 'switchback: example.com is there already. [code: 1061]\n']);
});

test('a new token is alone on standard output, and lists never show a blank author', async (t) => {
  const user = new User(t);
  const token = { id: 'b'.repeat(32), name: 'ci', email: null, created_on: '2026-11-21T08:00:00Z' };
  await user.serve((call) => ok(call.startsWith('POST') ? { ...token, value: 'sb_new' } : [token]));
  assert.equal((await user.run('token', 'create', 'ci')).stdout, 'sb_new\n');
  assert.equal((await user.run('token', 'list')).stdout, `NAME  AUTHOR  CREATED     ID\nci    ci      2026-11-21  ${token.id}\n`);
  assert.equal((await user.run('token', 'revoke', 'ci')).code, 0);
  assert.equal(user.calls.at(-1), `DELETE /client/v4/accounts/${'a'.repeat(32)}/tokens/${token.id} Bearer sb_secret`);
});

test('the command line may be called through a symbolic link from any folder', async (t) => {
  const user = new User(t);
  symlinkSync(EXECUTABLE, user.path('sb'));
  symlinkSync('sb', user.path('sb2'));
  const stdout = await new Promise((resolve) =>
    execFile(user.path('sb2'), ['version', '--json'], { cwd: '/' }, (_error, output) => resolve(output)),
  );
  assert.match(String(stdout), /"switchback": "\d+\.\d+\.\d+"/);
});

test('every command has a help with its purpose, and completion knows every command', async (t) => {
  const user = new User(t);
  const help = await user.run('--help');
  const bash = await user.run('completion', 'bash');
  const fish = await user.run('completion', 'fish');
  for (const command of [
    'start',
    'stop',
    'wrangler',
    'env',
    'link',
    'status',
    'dashboard',
    'preflight',
    'audit',
    'zone',
    'token',
    'demo',
    'compare',
    'completion',
    'version',
  ]) {
    assert.match(help.stdout, new RegExp(`^  ${command}\\b`, 'm'));
    assert.match(bash.stdout, new RegExp(`\\b${command}\\b`));
    assert.match(fish.stdout, new RegExp(`-a ${command} `));
  }
  assert.match(bash.stdout, /--heap-limit-mb/);
});

/** A wrangler of the project's own: says how it was called, notes a deployment, and ends as it is told to. */
const OWN_WRANGLER = `
  const { appendFileSync } = require('node:fs');
  console.log(JSON.stringify({ args: process.argv.slice(2), base: process.env.CLOUDFLARE_API_BASE_URL, key: process.env.CLOUDFLARE_API_KEY }));
  const entry = { type: 'deploy', worker_name: 'hello', version_id: 'v' };
  if (process.env.WRANGLER_OUTPUT_FILE_PATH) appendFileSync(process.env.WRANGLER_OUTPUT_FILE_PATH, JSON.stringify(entry) + '\\n');
  process.exit(process.argv.includes('--fail') ? 5 : 0);
`;

const withOwnWrangler = async (t: TestContext): Promise<{ user: User; url: string }> => {
  const user = new User(t);
  mkdirSync(user.path('node_modules/wrangler/bin'), { recursive: true });
  writeFileSync(
    user.path('node_modules/wrangler/package.json'),
    JSON.stringify({ version: '3.0.0', bin: { wrangler: './bin/wrangler.js' } }),
  );
  writeFileSync(user.path('node_modules/wrangler/bin/wrangler.js'), OWN_WRANGLER);
  const worker = { name: 'hello', url: 'http://hello.acme.localhost:7480', deployment: null };
  const status = { running: true, control_url: '', edge_url: 'http://127.0.0.1:7480', generation: 1, edges: [], workers: [worker] };
  return { user, url: await user.serve(() => ok(status)) };
};

test("wrangler runs the project's own with every argument as it is, for this server, and tells the address that opens", async (t) => {
  const { user, url } = await withOwnWrangler(t);
  const { code, stdout, stderr } = await user.run('wrangler', 'deploy', '--name', 'hello', '--data', 'x', '-e', 'production');
  assert.deepEqual([code, stderr], [0, '']);
  const [call = '', ...rest] = stdout.split('\n');
  assert.deepEqual(JSON.parse(call), { args: ['deploy', '--name', 'hello', '--data', 'x', '-e', 'production'], base: `${url}/client/v4` });
  assert.deepEqual(rest, ['', 'hello opens at http://hello.acme.localhost:7480', '']);
});

test('a wrangler that fails gives its exit code, and no address', async (t) => {
  const { user } = await withOwnWrangler(t);
  const { code, stdout } = await user.run('wrangler', 'deploy', '--fail');
  assert.equal(code, 5);
  assert.doesNotMatch(stdout, /opens at/);
});

test('wrangler answers for its own help and version, also without a server', async (t) => {
  const user = new User(t);
  const { code, stdout } = await user.run('wrangler', '--version');
  assert.deepEqual([code, stdout.trim()], [0, '4.164.0']);
});
