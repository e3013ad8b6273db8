import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import test, { type TestContext } from 'node:test';
import { WorldFault } from '../files/index.ts';
import { archiveStatus, liveCounts } from './answers.ts';
import { ObserveClient } from './client.ts';
import { querySocketIn } from './sockets.ts';
import { aFolder, ObserverHere, SCRIPT } from './testing.ts';

/** As many as the observe process lets look on. */
const MOST_FOLLOWERS = 200;

/** Whatever it answers in place of what was asked for. */
const ODD: Readonly<Record<string, RequestListener>> = {
  'breaks off while it says why not': (_, response) => {
    response.writeHead(503, { 'content-length': 100 }).write('{');
    setImmediate(() => response.destroy());
  },
  'says in no JSON why not': (_, response) => void response.writeHead(503).end('busy'),
  'says null in place of why not': (_, response) => void response.writeHead(503).end('null'),
  'fails by itself': (_, response) => void response.writeHead(500).end('Error\n    at some.ts'),
  'refuses what it should know': (_, response) => void response.writeHead(400).end(),
};

const isAway = (error: unknown): boolean => error instanceof WorldFault && error.message.startsWith('What was observed cannot be read');

/** A client of an observe process that behaves as it is told to. */
const aClient = async (t: TestContext, answer: RequestListener): Promise<ObserveClient> => {
  const folder = aFolder(t);
  const client = new ObserveClient(folder);
  const server = createServer(answer).listen(querySocketIn(folder));
  await once(server, 'listening');
  t.after(async () => {
    await client[Symbol.asyncDispose]();
    server.close();
  });
  return client;
};

test('[MX-3] however many look on, what is asked is answered, and one too many is told so', { timeout: 60_000 }, async (t) => {
  const here = await ObserverHere.open(t);
  const leaving = new AbortController();
  t.after(() => leaving.abort());
  const look = () => liveCounts(here.client, SCRIPT, leaving.signal);
  const streams = await Promise.all(Array.from({ length: MOST_FOLLOWERS }, look));
  for (const stream of streams) stream.on('error', () => undefined).resume();
  assert.equal((await archiveStatus(here.client)).mostBytes, 64 * 1024 * 1024);
  await assert.rejects(look(), new WorldFault('200 already look on; one more cannot.'));
});

const MUTE: Readonly<Record<string, RequestListener>> = {
  'says nothing': () => undefined,
  'begins an answer': (_, response) => void response.writeHead(200).write('{'),
};

for (const [what, answer] of Object.entries(MUTE))
  test(`[MX-4] one that ${what} and goes silent counts as away`, { timeout: 10_000 }, async (t) => {
    const client = await aClient(t, answer);
    // More than there are connections for: the last ones wait for one in vain.
    const asked = Array.from({ length: 100 }, () => client.read({ path: '/archive/status', withinMs: 200 }));
    for (const each of await Promise.allSettled(asked)) assert.ok(each.status === 'rejected' && each.reason instanceof WorldFault);
  });

for (const [what, answer] of Object.entries(ODD))
  test(`[MX-4] one that ${what} counts as away, for what is asked and what is looked on at`, { timeout: 10_000 }, async (t) => {
    const client = await aClient(t, answer);
    const leaving = new AbortController();
    await assert.rejects(client.read({ path: '/archive/status' }), isAway);
    await assert.rejects(client.stream('/live', leaving.signal), isAway);
  });
