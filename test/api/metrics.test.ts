import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import test from 'node:test';
import { querySocketIn } from '../../src/observe/index.ts';
import { anApi } from '../support/api.ts';

/** `name{labels} value` of each sample. */
const samplesIn = (text: string): ReadonlyMap<string, number> =>
  new Map(
    text
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  );

test('[MX-10] Prometheus reads of the control plane which share each version is to have, and how far the edges are', async (t) => {
  const world = await anApi(t);
  await world.upload('hello');
  const { id } = await world.uploadVersion('hello');
  const [first] = (await world.active('hello')).versions;
  assert.ok(first !== undefined && id !== undefined);
  await world.deploy('hello', { [first.version_id]: 90, [id]: 10 });
  const answer = await world.send('GET', '/metrics');
  assert.equal(answer.status, 200);
  assert.match(answer.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/);
  const text = await answer.text();
  const samples = samplesIn(text);
  const share = (version: string) => samples.get(`switchback_control_deployment_share{script="hello",version="${version}"}`);
  assert.deepEqual([share(first.version_id), share(id)], [0.9, 0.1]);
  assert.equal(samples.get('switchback_control_generation'), await world.api.store.read.meta.generation());
  const [edge] = world.api.feed.status();
  assert.equal(samples.get(`switchback_control_edge_generations_behind{edge="${edge?.id}"}`), 0);
  assert.equal(samples.get(`switchback_control_edge_connected{edge="${edge?.id}"}`), 1);
  assert.equal(samples.get('switchback_observe_up'), 0, 'nothing collects here');
  for (const name of new Set([...samples.keys()].map((key) => key.replace(/\{.*/, '')))) {
    assert.match(text, new RegExp(`^# HELP ${name} .+\\.$`, 'm'));
    assert.match(text, new RegExp(`^# TYPE ${name} (gauge|counter)$`, 'm'));
  }
});

test('[MX-10] where the process that collects is silent, the rest is told all the same', async (t) => {
  const world = await anApi(t);
  const folder = join(world.plane.folder, 'observe');
  await mkdir(folder, { recursive: true });
  const silent = createServer(() => undefined).listen(querySocketIn(folder));
  await once(silent, 'listening');
  t.after(() => {
    silent.closeAllConnections();
    silent.close();
  });
  const begun = performance.now();
  const samples = samplesIn(await (await world.send('GET', '/metrics')).text());
  assert.equal(samples.get('switchback_observe_up'), 0);
  assert.ok(samples.has('switchback_control_generation'));
  assert.ok(performance.now() - begun < 9_000, 'Prometheus gives a scrape 10 s');
});

test('[MX-10] an edge that has been away for an hour is told of no longer', async (t) => {
  const world = await anApi(t);
  const { feed } = world.api;
  const leave = feed.join('gone', () => undefined);
  feed.report({ edge: 'gone', generation: 1, url: 'http://gone', processes: [] });
  leave();
  const told = async () =>
    [...samplesIn(await (await world.send('GET', '/metrics')).text())].filter(([name]) => name.includes('edge="gone"'));
  assert.deepEqual((await told()).map(([name, value]) => [name.replace(/\{.*/, ''), value]).slice(0, 1), [
    ['switchback_control_edge_connected', 0],
  ]);
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() + 60 * 60_000 });
  assert.deepEqual(await told(), []);
  assert.ok(
    feed.status().some(({ id }) => id === 'gone'),
    'its operator still sees it',
  );
});

test('[MX-11] the metrics of the control plane name Workers, so that they take a token', async (t) => {
  const world = await anApi(t);
  assert.equal((await world.send('GET', '/metrics', { token: null })).status, 401);
  assert.equal((await world.send('GET', '/metrics', { token: 'wrong' })).status, 401);
});
