import assert from 'node:assert/strict';
import test from 'node:test';
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

test('[MX-11] the metrics of the control plane name Workers, so that they take a token', async (t) => {
  const world = await anApi(t);
  assert.equal((await world.send('GET', '/metrics', { token: null })).status, 401);
  assert.equal((await world.send('GET', '/metrics', { token: 'wrong' })).status, 401);
});
