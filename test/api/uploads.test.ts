import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import test from 'node:test';
import { anApi, type TestApi } from '../support/api.ts';
import { until } from '../support/until.ts';
import { aWorker, saying, type WorkerForm } from '../support/worker-form.ts';

/** An upload over a socket that its client can cut. */
const send = async (api: TestApi, url: string, worker: WorkerForm, path: 'putScript' | 'createVersion' = 'putScript') => {
  const form = new Response(aWorker(worker));
  const outgoing = request(url + api.path(path, { script_name: 'hello' }), {
    method: path === 'putScript' ? 'PUT' : 'POST',
    agent: false,
    headers: { authorization: `Bearer ${api.token}`, 'content-type': form.headers.get('content-type') ?? '' },
  });
  outgoing.end(Buffer.from(await form.arrayBuffer()));
  const answer = once(outgoing, 'response').then(async ([response]) => {
    let text = '';
    for await (const chunk of response) text += String(chunk);
    const { result } = JSON.parse(text) as { readonly result: { readonly id: string; readonly deployment_id?: string } };
    return result.deployment_id ?? result.id;
  });
  // A client that is cut has no answer.
  answer.catch(() => {});
  outgoing.on('error', () => {});
  return { outgoing, answer };
};

/** Trials wait at a gate, so that a client can leave while its upload is under way. */
const withGate = (api: TestApi) => {
  const { trial } = api.plane;
  const open = Promise.withResolvers<void>();
  let waiting = 0;
  api.plane.trial = async (spec) => {
    waiting += 1;
    await open.promise;
    return trial(spec);
  };
  return {
    reached: (count: number) => until(`${count} trials at the gate`, () => waiting >= count),
    open: () => open.resolve(),
  };
};

const versionCount = async (api: TestApi): Promise<number> =>
  (await api.ok('listVersions', { script_name: 'hello' }, { query: { per_page: 100 } })).items.length;

/** The server has seen that the client is gone when it answers the next one. */
const leave = async ({ outgoing }: Awaited<ReturnType<typeof send>>, url: string): Promise<void> => {
  const closed = new Promise((resolve) => outgoing.once('close', resolve));
  outgoing.destroy();
  await closed;
  await (await fetch(`${url}/healthz`)).text();
};

test('[V-1] every upload makes a version, also one that is identical to the last', async (t) => {
  const api = await anApi(t);
  const first = await api.upload('hello');
  const second = await api.upload('hello');
  const third = await api.uploadVersion('hello');
  const fourth = await api.uploadVersion('hello');
  assert.equal(new Set([first.deployment_id, second.deployment_id, third.id, fourth.id]).size, 4);
  assert.equal(await versionCount(api), 4);
});

for (const path of ['putScript', 'createVersion'] as const) {
  test(`[V-2] an upload repeated because its answer never came gets the version it made (${path})`, async (t) => {
    const api = await anApi(t);
    const url = await api.listen();
    await api.upload('hello');
    const gate = withGate(api);
    const lost = await send(api, url, { code: saying('two') }, path);
    await gate.reached(1);
    await leave(lost, url);
    gate.open();
    await until('the version to be stored', async () => (await versionCount(api)) === 2);
    const { items } = await api.ok('listVersions', { script_name: 'hello' });
    const repeat = await send(api, url, { code: saying('two') }, path);
    assert.equal(await repeat.answer, items[0]?.id);
    assert.equal(await versionCount(api), 2);
    const { deployments } = await api.ok('listDeployments', { script_name: 'hello' });
    assert.equal(deployments.length, path === 'putScript' ? 2 : 1, 'and one deployment at most');
    const anew = await send(api, url, { code: saying('two') }, path);
    assert.notEqual(await anew.answer, items[0]?.id, 'once answered, the same upload is a new one');
  });
}

test('[V-2] a repeat that comes while the first is still under way waits for it', async (t) => {
  const api = await anApi(t);
  const url = await api.listen();
  const gate = withGate(api);
  const lost = await send(api, url, {});
  await gate.reached(1);
  await leave(lost, url);
  const repeat = await send(api, url, {});
  gate.open();
  const id = await repeat.answer;
  const { items } = await api.ok('listVersions', { script_name: 'hello' });
  assert.deepEqual(
    items.map((version) => version.id),
    [id],
  );
});

test('[V-2] [V-1] two clients that upload the same at the same time get a version each', async (t) => {
  const api = await anApi(t);
  const url = await api.listen();
  const gate = withGate(api);
  const one = await send(api, url, {});
  const two = await send(api, url, {});
  await gate.reached(1);
  gate.open();
  assert.notEqual(await one.answer, await two.answer);
  assert.equal(await versionCount(api), 2);
});

test('[V-2] another upload is no repeat: one whitespace, another path, another tag', async (t) => {
  const api = await anApi(t);
  const url = await api.listen();
  await api.upload('hello');
  const gate = withGate(api);
  const lost = await send(api, url, { code: saying('two') });
  await gate.reached(1);
  await leave(lost, url);
  gate.open();
  await until('the version to be stored', async () => (await versionCount(api)) === 2);
  const ids = [
    await (await send(api, url, { code: saying('two ') })).answer,
    await (await send(api, url, { code: saying('two') }, 'createVersion')).answer,
    await (await send(api, url, { code: saying('two'), metadata: { annotations: { 'workers/tag': 'v2' } } })).answer,
  ];
  assert.equal(new Set(ids).size, 3);
  assert.equal(await versionCount(api), 5);
});

const variable = (text: string) => ({ metadata: { bindings: [{ type: 'plain_text', name: 'A', text }] } });

test('[V-5] a whitespace, a value, a date, a flag or the usage model makes another version', async (t) => {
  const api = await anApi(t);
  const plain = await api.uploadAfterFirst('hello');
  const spaced = await api.uploadVersion('hello', { code: `${saying('hello')} ` });
  assert.notEqual(spaced.resources.script.etag, plain.resources.script.etag);
  const [a, b] = [await api.uploadVersion('hello', variable('a')), await api.uploadVersion('hello', variable('b'))];
  assert.deepEqual(
    [a.resources.bindings, b.resources.bindings].map(([binding]) => binding),
    [
      { type: 'plain_text', name: 'A', text: 'a' },
      { type: 'plain_text', name: 'A', text: 'b' },
    ],
  );
  const dated = await api.uploadVersion('hello', {
    metadata: { compatibility_date: '2025-01-01', compatibility_flags: ['nodejs_compat'], usage_model: 'unbound' },
  });
  assert.deepEqual(dated.resources.script_runtime, {
    compatibility_date: '2025-01-01',
    compatibility_flags: ['nodejs_compat'],
    usage_model: 'unbound',
  });
});

test('[V-15] a version says who made it, with what, when and how', async (t) => {
  const api = await anApi(t);
  await api.upload('hello');
  const made = await api.ok(
    'createVersion',
    { script_name: 'hello' },
    {
      body: aWorker({
        metadata: {
          annotations: { 'workers/tag': 'v2', 'workers/message': 'new colours', 'workers/alias': 'blue' },
          placement: { mode: 'smart' },
        },
      }),
      headers: { 'user-agent': 'wrangler/4.164.0' },
    },
  );
  assert.deepEqual(made.annotations, {
    'workers/triggered_by': 'version_upload',
    'workers/tag': 'v2',
    'workers/message': 'new colours',
    'workers/alias': 'blue',
  });
  const { created_on, ...metadata } = made.metadata;
  assert.match(created_on, /^2026-11-01T10:00:00\.\d{6}Z$/);
  assert.deepEqual(metadata, {
    modified_on: created_on,
    source: 'wrangler',
    author_id: '00000000000000000000000000000003',
    author_email: 'ada@example.com',
    has_preview: true,
    hasPreview: true,
  });
  assert.deepEqual([made.number, made.resources.script.placement_mode, made.resources.script.handlers], [2, 'smart', ['fetch']]);
  assert.deepEqual(await api.ok('getVersion', { script_name: 'hello', version_id: made.id.replaceAll('-', '') }), made);
});

test('[D-7] an upload to the script makes its version and its deployment together', async (t) => {
  const api = await anApi(t);
  const { deployment_id: version } = await api.upload('hello', { metadata: { annotations: { 'workers/message': 'first' } } });
  assert.deepEqual((await api.active('hello')).versions, [{ version_id: version, percentage: 100 }]);
  assert.equal((await api.active('hello')).annotations['workers/message'], 'first');
  const second = await api.upload('hello');
  const active = await api.active('hello');
  assert.deepEqual(active.versions, [{ version_id: second.deployment_id, percentage: 100 }]);
  assert.deepEqual(active.annotations, { 'workers/triggered_by': 'upload', 'workers/message': 'Automatic deployment on upload.' });
  assert.deepEqual(api.edge.table().workers[0]?.deployment?.id, active.id);
});

test('[D-8] a version upload changes no deployment and no traffic', async (t) => {
  const api = await anApi(t);
  await api.upload('hello');
  const [before, table] = [await api.active('hello'), api.edge.table()];
  await api.uploadVersion('hello', { code: saying('two') });
  assert.deepEqual([await api.active('hello'), api.edge.table()], [before, table]);
});
