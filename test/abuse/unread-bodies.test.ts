/**
 * A Worker may answer without reading what it was sent. The runtime closes such a connection, at the worst in the middle of a
 * write: whoever sent the body must get the answer all the same, and never a 502.
 */
import assert from 'node:assert/strict';
import { Agent, request, type ClientRequest } from 'node:http';
import test, { type TestContext } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { startServer } from '../support/server.ts';
import { each } from './raw.ts';
import { deploy, edgePort } from './seen.ts';

const SIZES = [1, 100, 4_096, 16_384, 65_536, 262_144, 1_000_000, 2_000_000];
const OF_EACH_SIZE = 100;
const AT_ONCE = 8;
const PIECES = 6;
/** Between the pieces of who sends slowly: long enough for the answer to come first. */
const PAUSE_MS = 4;

const CARELESS = `export default { fetch: ({ method, url }) => new Response(method + ' ' + new URL(url).pathname) };`;

type Way = 'whole' | 'chunked' | 'slowly';
const WAYS: readonly Way[] = ['whole', 'chunked', 'slowly'];

interface Visit {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly size: number;
  readonly way: Way;
}

/** Each size as often as stated, and a GET behind every other one, in an order that no size has to itself. */
const visits = (way: Way): readonly Visit[] =>
  Array.from({ length: OF_EACH_SIZE }, (_, round) => round).flatMap((round) =>
    SIZES.flatMap((size, at): readonly Visit[] => {
      const visit = { method: (round + at) % 2 === 0 ? ('POST' as const) : ('PUT' as const), path: `/${size}/${round}`, size, way };
      return at % 2 === 0 ? [visit, { method: 'GET', path: `/get/${at}/${round}`, size: 0, way }] : [visit];
    }),
  );

const sendBody = async (outgoing: ClientRequest, { size, way }: Visit): Promise<void> => {
  const body = Buffer.alloc(size, 'x');
  if (way !== 'slowly') return void outgoing.end(body);
  const piece = Math.ceil(size / PIECES);
  for (let sent = 0; sent < size && !outgoing.destroyed; sent += piece) {
    outgoing.write(body.subarray(sent, sent + piece));
    await wait(PAUSE_MS);
  }
  outgoing.end();
};

/** What the visitor is told, or why it was told nothing. */
const visited = (port: number, host: string, agent: Agent, visit: Visit): Promise<string> =>
  new Promise((resolve) => {
    const { method, path, size, way } = visit;
    const isLengthKnown = method === 'GET' || way === 'whole' || (way === 'slowly' && size % 2 === 0);
    const headers = { host, ...(method === 'GET' ? {} : isLengthKnown ? { 'content-length': size } : { 'transfer-encoding': 'chunked' }) };
    const outgoing = request({ host: '127.0.0.1', port, method, path, headers, agent }, (incoming) => {
      let text = '';
      incoming.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      incoming.on('end', () => resolve(`${incoming.statusCode} ${text}`)).on('error', ({ message }) => resolve(`cut: ${message}`));
    });
    outgoing.on('error', ({ message }) => resolve(`no answer: ${message}`));
    if (method === 'GET') outgoing.end();
    else void sendBody(outgoing, visit);
  });

const aCarelessWorker = async (t: TestContext) => {
  const server = await startServer();
  t.after(() => server[Symbol.asyncDispose]());
  const host = await deploy(server, 'careless', CARELESS);
  await server.visit(host);
  return { server, host, port: edgePort(server) };
};

for (const way of WAYS) {
  test(`[E-87] bodies of 1 B to 2 MB, sent ${way}, to a Worker that reads none of them cost nobody an answer`, async (t) => {
    const { server, host, port } = await aCarelessWorker(t);
    const [processes, agent] = [server.runtimes(), new Agent({ keepAlive: true, maxSockets: AT_ONCE })];
    t.after(() => agent.destroy());
    const wrong: string[] = [];
    const all = visits(way);
    await each(all, AT_ONCE, async (visit) => {
      const told = await visited(port, host, agent, visit);
      if (told !== `200 ${visit.method} ${visit.path}`) wrong.push(`${visit.method} ${visit.path}: ${told.slice(0, 200)}`);
    });
    assert.deepEqual(wrong, [], `of ${all.length} requests`);
    assert.deepEqual(server.runtimes(), processes);
  });
}
