/** The server as an operator meets it: it stops cleanly, survives the death of its halves, and finds everything again. */
import assert from 'node:assert/strict';
import { request } from 'node:http';
import test, { after } from 'node:test';
import { idAfter } from '../support/printed.ts';
import { answering, makeProject } from '../support/project.ts';
import { isAlive } from '../support/processes.ts';
import { refused, succeeded } from '../support/run.ts';
import { type Server, startServer } from '../support/server.ts';
import { until } from '../support/until.ts';

let server = await startServer({ args: ['--drain-seconds', '3'] });
after(() => server[Symbol.asyncDispose]());

const deploy = async (name: string, code: string): Promise<string> => {
  const project = makeProject({ dir: server.projectFolder(name), name, code });
  return idAfter('Current Version ID:', succeeded(await server.client('4.164', ['deploy'], { project })).stdout);
};

type Status = {
  readonly running: boolean;
  readonly generation: number;
  readonly edges: readonly { readonly connected: boolean; readonly pending: boolean; readonly generation: number }[];
  readonly workers: readonly {
    readonly name: string;
    readonly url: string;
    readonly deployment: {
      readonly versions: readonly { readonly version_id: string; readonly state: string; readonly pid: number | null }[];
    };
  }[];
};
const statusOf = async (of: Server): Promise<Status> => JSON.parse(succeeded(await of.cli(['status', '--json'])).stdout) as Status;

test('status tells of each version which process serves it, and the address that opens', async () => {
  const version = await deploy('hello', answering('one'));
  assert.equal((await server.visit('hello')).text, 'one');
  const status = await statusOf(server);
  assert.equal(status.running, true);
  assert.deepEqual(
    status.edges.map(({ connected, pending, generation }) => [connected, pending, generation]),
    [[true, false, status.generation]],
  );
  const [worker] = status.workers;
  assert.equal(worker?.url, `http://${server.host('hello')}:${new URL(server.edgeUrl).port}`);
  const [shown] = worker.deployment.versions;
  assert.deepEqual([shown?.version_id, shown?.state], [version, 'ready']);
  assert.deepEqual([shown?.pid], server.runtimes());
});

test('[A-9] a second server on the same data directory is told so and ends', async () => {
  const second = refused(
    await server.cli(['start', '--data', server.data, '--control-port', '0', '--edge-port', '0', '--edge-admin-port', '0']),
  );
  assert.match(second.combined, /in use|another/i);
  assert.ok(second.combined.includes(server.data), second.combined);
  assert.equal((await server.visit('hello')).text, 'one');
});

test('killing the control plane loses no request, and it is started again', async () => {
  const killed = server.half('control') ?? 0;
  const over = new AbortController();
  const traffic = (async () => {
    const counts: Record<string, number> = {};
    while (!over.signal.aborted) {
      const { status } = await server.visit('hello').catch(() => ({ status: 'failed' }));
      counts[status] = (counts[status] ?? 0) + 1;
    }
    return counts;
  })();
  process.kill(killed, 'SIGKILL');
  await until('another control plane', () => ![undefined, killed].includes(server.half('control')));
  await until('the API to answer', () => server.api('GET', 'workers/scripts').catch(() => undefined));
  await deploy('hello', answering('two'));
  assert.equal((await server.visit('hello')).text, 'two');
  over.abort();
  const counts = await traffic;
  assert.deepEqual(Object.keys(counts), ['200']);
  assert.match(server.output, /The control process ended \(SIGKILL\)/);
});

test('[X-23] after the edge was killed another accepts soon, and ends what the first had started', async () => {
  const orphans = server.runtimes();
  assert.ok(orphans.length > 0);
  process.kill(server.half('edge') ?? 0, 'SIGKILL');
  const answer = await until('an answer', async () => {
    const { text, status } = await server.visit('hello').catch(() => ({ text: '', status: 0 }));
    return status === 200 && text;
  });
  assert.equal(answer, 'two');
  await until('the orphans to end', () => !orphans.some(isAlive));
});

test('[D-12] a deployment that an edge has not confirmed succeeds, and both the answer and the status say so', async () => {
  const { items } = (await server.api('GET', 'workers/scripts/hello/versions')) as { items: { id: string }[] };
  const older = items.at(-1)?.id;
  const edge = server.half('edge') ?? 0;
  const { baseUrl, token, accountId } = server.connection;
  process.kill(edge, 'SIGSTOP');
  try {
    const response = await fetch(`${baseUrl}/accounts/${accountId}/workers/scripts/hello/deployments`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ strategy: 'percentage', versions: [{ version_id: older, percentage: 100 }] }),
    });
    const { success, messages } = (await response.json()) as { success: boolean; messages: { message: string }[] };
    assert.equal(success, true);
    assert.match(messages[0]?.message ?? '', /not confirmed it yet/);
    assert.deepEqual(
      (await statusOf(server)).edges.map(({ pending }) => pending),
      [true],
    );
  } finally {
    process.kill(edge, 'SIGCONT');
  }
  await until('the edge to follow', async () => (await statusOf(server)).edges.every(({ pending }) => !pending));
  assert.equal((await server.visit('hello')).text, 'one');
});

const STREAMS = `export default {
  fetch() {
    let count = 0;
    return new Response(new ReadableStream({
      async pull(controller) {
        await scheduler.wait(200);
        controller.enqueue(new TextEncoder().encode(count + ' '));
        if (++count === 10) controller.close();
      },
    }));
  },
};
`;

test('SIGTERM lets a response that streams finish, refuses new ones, and ends with code 0', async () => {
  await deploy('stream', STREAMS);
  const runtimes = server.runtimes();
  const streamed = Promise.withResolvers<string>();
  const begun = Promise.withResolvers<void>();
  request(server.edgeUrl, { headers: { host: server.host('stream') }, agent: false }, (answer) => {
    let text = '';
    answer.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      begun.resolve();
    });
    answer.on('end', () => streamed.resolve(text)).on('error', streamed.reject);
  })
    .on('error', streamed.reject)
    .end();
  await begun.promise;
  const stopped = server.stop();
  await until('the edge to close its door', () =>
    server.visit('hello').then(
      () => false,
      () => true,
    ),
  );
  assert.equal(await streamed.promise, '0 1 2 3 4 5 6 7 8 9 ');
  assert.equal(await stopped, 0);
  assert.ok(!runtimes.some(isAlive));
});

test('a server that starts again on the same data has its Workers, versions and deployments, and serves them', async () => {
  const { accountId } = server.connection;
  server = await startServer({ folder: server.folder });
  assert.equal(server.connection.accountId, accountId);
  assert.equal((await server.visit('hello')).text, 'one');
  const { deployments } = (await server.api('GET', 'workers/scripts/hello/deployments')) as { deployments: unknown[] };
  assert.equal(deployments.length, 3);
  assert.equal(await server.stop('SIGINT'), 0);
  assert.match(refused(await server.cli(['status'])).combined, /running/i);
});

test('a launcher that was killed leaves nothing running', async () => {
  server = await startServer({ folder: server.folder });
  assert.equal((await server.visit('hello')).text, 'one');
  const left = [server.half('control') ?? 0, server.half('edge') ?? 0, ...server.runtimes()];
  await server.stop('SIGKILL');
  await until('both halves and the runtime to end', () => !left.some(isAlive));
});

test('an edge that starts without its control plane serves its last good table', async () => {
  const shared = { SWITCHBACK_EDGE_TOKEN: 'a token that both of them have' };
  await using control = await startServer({ args: ['--role', 'control'], env: shared });
  const args = ['--role', 'edge', '--control', String(control.started.control_url)];
  await using edge = await startServer({ args, env: shared });
  const project = makeProject({ dir: control.projectFolder('far'), name: 'far', code: answering('far away') });
  succeeded(await control.client('4.164', ['deploy'], { project }));
  const host = control.host('far');
  assert.equal((await edge.visit(host)).text, 'far away');
  assert.equal(await edge.stop(), 0);
  assert.equal(await control.stop(), 0);

  await using again = await startServer({ args, env: shared, folder: edge.folder });
  assert.equal((await again.visit(host)).text, 'far away');
});
