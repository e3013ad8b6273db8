/** Two versions share real traffic: what each did is told, whichever half of the server is killed meanwhile. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { idAfter } from '../support/printed.ts';
import { makeProject } from '../support/project.ts';
import { succeeded } from '../support/run.ts';
import { startServer, type Visited } from '../support/server.ts';
import { until } from '../support/until.ts';

const server = await startServer({ args: ['--observe-mb', '16'] });
after(() => server[Symbol.asyncDispose]());

const OBSERVED = { observability: { enabled: true }, upload_source_maps: true };

/** Its own module makes the line in the bundle another than the one in the source. */
const PAY = `// Takes the money.


export const pay = (order) => {
  throw new TypeError(\`order \${order} is gone\`);
};
`;

const GOOD = `export default { fetch(request) { console.log('serving', { path: new URL(request.url).pathname }); return new Response('good'); } };`;
const BAD = `import { pay } from './pay.js';
let order = 0;
export default { fetch() { console.warn('paying'); order += 1; pay(order); } };`;

const projectOf = (code: string): string => {
  const dir = makeProject({ dir: server.projectFolder('shop'), name: 'shop', code, format: 'jsonc', config: OBSERVED });
  writeFileSync(join(dir, 'src', 'pay.js'), PAY);
  return dir;
};
const wrangler = async (project: string, ...args: readonly string[]): Promise<string> =>
  succeeded(await server.client('4.164', args, { project, isCi: true })).combined;

interface Group {
  readonly key: string;
  readonly requests: number;
  readonly errors: number;
}

interface Invocation {
  readonly id: string;
  readonly version: { readonly id: string };
  readonly outcome: string;
  readonly status: number | null;
  readonly logs: readonly { readonly level: string; readonly message: unknown }[];
  readonly exceptions: readonly { readonly name: string; readonly message: string; readonly stack: string }[];
}

interface Exceptions {
  readonly name: string;
  readonly message: string;
  readonly frame: string;
  readonly versions: readonly { readonly version_id: string; readonly count: number; readonly per_10k_requests: number }[];
}

const asked = async (path: string): Promise<unknown> => {
  const headers = { authorization: `Bearer ${server.connection.token}` };
  const response = await fetch(`${server.started.control_url}/switchback/v1/${path}`, { headers });
  const { result, errors } = (await response.json()) as { readonly result: unknown; readonly errors: unknown };
  assert.equal(response.status, 200, `${path}: ${JSON.stringify(errors)}`);
  return result;
};

const requestsOf = async (): Promise<Readonly<Record<string, readonly [requests: number, errors: number]>>> => {
  const { groups } = (await asked('workers/shop/metrics')) as { readonly groups: readonly Group[] };
  return Object.fromEntries(groups.map(({ key, requests, errors }) => [key, [requests, errors]]));
};

/** What visitors saw themselves. */
const seen = { one: 0, two: 0 };
let [one, two] = ['', ''];

const visits = async (times: number): Promise<readonly Visited[]> => {
  const all: Visited[] = [];
  for (let time = 0; time < times; time += 1) all.push(await server.visit('shop'));
  for (const { status } of all) seen[status === 200 ? 'one' : 'two'] += 1;
  return all;
};

const untilCounted = (): Promise<true> =>
  until('all visits to be counted', async () => {
    const counted = await requestsOf();
    const [ofOne, ofTwo] = [counted[one] ?? [0, 0], counted[two] ?? [0, 0]];
    assert.ok(ofOne[0] <= seen.one && ofTwo[0] <= seen.two, `more was counted than came: ${JSON.stringify({ counted, seen })}`);
    return ofOne[0] === seen.one && ofTwo[0] === seen.two && ofTwo[1] === seen.two && ofOne[1] === 0;
  });

test('[OB-30] of two versions that share traffic metrics tell which one fails, exactly', async () => {
  one = idAfter('Current Version ID:', await wrangler(projectOf(GOOD), 'deploy'));
  const bad = projectOf(BAD);
  two = idAfter('Worker Version ID:', await wrangler(bad, 'versions', 'upload'));
  await wrangler(bad, 'versions', 'deploy', `${one}@50`, `${two}@50`, '-y');
  await until('both versions to be seen', async () => {
    await visits(10);
    return seen.one > 5 && seen.two > 5;
  });
  await untilCounted();
  const { combined } = succeeded(await server.cli(['metrics', 'shop']));
  assert.match(combined, new RegExp(`${two.slice(0, 8)} \\(2\\) +${seen.two} +${seen.two} +100\\.00 %`));
});

test('[OB-25] what it throws is one group, with the stack as the sources have it, of the version that threw', async () => {
  const group = await until('the exceptions of traced processes', async () => {
    await visits(4);
    const groups = (await asked('workers/shop/exceptions')) as readonly Exceptions[];
    return groups.find(({ name, versions }) => name === 'TypeError' && (versions[0]?.count ?? 0) > 2);
  });
  assert.equal(group.message, 'order # is gone');
  assert.match(group.frame, /^pay \((.*\/)?src\/pay\.js:5:9\)$/);
  assert.deepEqual(
    group.versions.map(({ version_id: id }) => id),
    [two],
  );
});

test('[OB-21] a record has the ray of its answer, what was logged and what was thrown', async () => {
  const answers = await visits(10);
  for (const { status, headers } of [answers.find((each) => each.status === 200), answers.find((each) => each.status !== 200)].filter(
    Boolean,
  ) as Visited[]) {
    const ray = String(headers['cf-ray']);
    const record = await until(`the record of ${ray}`, async () => {
      const list = (await asked(`workers/shop/invocations?ray=${ray}`)) as readonly Invocation[];
      return list[0];
    });
    assert.deepEqual(record, await asked(`workers/shop/invocations/${ray}`));
    assert.equal(record.status, status);
    if (status === 200) {
      assert.deepEqual([record.version.id, record.outcome], [one, 'ok']);
      assert.deepEqual(
        record.logs.map(({ level, message }) => [level, message]),
        [['log', ['serving', { path: '/' }]]],
      );
    } else {
      assert.deepEqual([record.version.id, record.outcome], [two, 'exception']);
      assert.deepEqual(
        record.logs.map(({ level, message }) => [level, message]),
        [['warn', ['paying']]],
      );
      assert.match(record.exceptions[0]?.message ?? '', /^order \d+ is gone$/);
    }
  }
  const { stdout } = succeeded(await server.cli(['logs', 'shop', '--errors', '--limit', '5']));
  assert.match(stdout, /TypeError: order \d+ is gone\n {4}at pay \(.*src\/pay\.js:5:9\)/);
});

test('[MX-3] live counts tell of each version while visitors come, and whoever leaves ends them', async () => {
  const leaving = new AbortController();
  const headers = { authorization: `Bearer ${server.connection.token}` };
  const live = await fetch(`${server.started.control_url}/switchback/v1/workers/shop/live`, { headers, signal: leaving.signal });
  assert.equal(live.headers.get('content-type'), 'text/event-stream');
  let told = '';
  const reading = (async () => {
    for await (const chunk of live.body ?? []) told += Buffer.from(chunk).toString();
  })();
  await until('both versions to be told of', async () => {
    await visits(2);
    return told.includes(one) && told.includes(two);
  });
  leaving.abort();
  await assert.rejects(reading, { name: 'AbortError' });
  await untilCounted();
});

test('[OB-30] nothing is counted twice or lost where the process that observes is killed while visitors come', async () => {
  for (let kill = 0; kill < 3; kill += 1) {
    const coming = visits(30);
    const pid = server.half('observe');
    assert.ok(pid !== undefined);
    process.kill(pid, 'SIGKILL');
    await coming;
    await until('another one', () => asked('observability').catch(() => undefined));
    assert.notEqual(server.half('observe'), pid);
  }
  await untilCounted();
});

test('[OB-27] where its disk is full that is said, visitors are served, and what they did is told once there is room', async () => {
  const limit = (bytes: string) => execFileSync('prlimit', ['--pid', String(server.half('observe')), `--fsize=${bytes}:`]);
  limit('1');
  await until('it is said', async () => {
    await visits(2);
    return server.output.includes('What is observed cannot be stored');
  });
  await visits(10);
  limit('unlimited');
  await untilCounted();
  assert.match(server.output, /What is observed can be stored again/);
});

test('[OB-30] it goes on collecting while there is no control plane', async () => {
  const pid = server.half('control');
  assert.ok(pid !== undefined);
  process.kill(pid, 'SIGKILL');
  const [answer] = await visits(20);
  await until('another one', () => server.half('control') !== undefined && server.half('control') !== pid);
  await until('the API', () => asked('observability').catch(() => undefined));
  await untilCounted();
  const ray = String(answer?.headers['cf-ray']);
  await until('the record', async () => ((await asked(`workers/shop/invocations?ray=${ray}`)) as readonly Invocation[])[0]);
});
