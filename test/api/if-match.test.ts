import assert from 'node:assert/strict';
import test from 'node:test';
import type { EndpointName } from '../../src/contract/index.ts';
import { anApi, aSplit, envelopeOf, type Call, type TestApi } from '../support/api.ts';
import { aWorker, saying } from '../support/worker-form.ts';

const HELLO = { script_name: 'hello' };

type OfHello = 'getSettings' | 'getScriptSettings' | 'getSchedules' | 'listSecrets' | 'listVersions' | 'listDeployments';

/** What a browser shows is as it was read, with this. */
const etagOf = async (api: TestApi, name: OfHello): Promise<string> => {
  const response = await api.response(name, HELLO);
  await envelopeOf(response);
  const etag = response.headers.get('etag') ?? '';
  assert.match(etag, /^"[\w.-]+"$/, name);
  return etag;
};

const going = <Name extends EndpointName>(etag: string, call: Call<Name> = {}): Call<Name> => ({
  ...call,
  headers: { ...call.headers, 'if-match': etag },
});

/** A secret's endpoints take its name in the path. */
const changes: Readonly<Record<string, { readonly reads: OfHello; readonly call: (api: TestApi, etag: string) => Promise<Response> }>> = {
  'patch settings': {
    reads: 'getSettings',
    call: (api, etag) => api.response('patchSettings', HELLO, going(etag, { json: { compatibility_date: '2026-10-01' } })),
  },
  'patch settings that are not versioned': {
    reads: 'getSettings',
    call: (api, etag) => api.response('patchSettings', HELLO, going(etag, { json: { tags: ['x'] } })),
  },
  'patch script settings': {
    reads: 'getScriptSettings',
    call: (api, etag) => api.response('patchScriptSettings', HELLO, going(etag, { json: { tags: ['y'] } })),
  },
  'put schedules': {
    reads: 'getSchedules',
    call: (api, etag) => api.response('putSchedules', HELLO, going(etag, { json: [{ cron: '1 * * * *' }] })),
  },
  'put a secret': {
    reads: 'listSecrets',
    call: (api, etag) => api.response('putSecret', HELLO, going(etag, { json: { name: 'KEY', text: 'k' } })),
  },
  'patch secrets': {
    reads: 'listSecrets',
    call: (api, etag) => api.response('patchSecrets', HELLO, going(etag, { json: { secrets: { KEY: { text: 'l' } } } })),
  },
  'delete a secret': {
    reads: 'listSecrets',
    call: (api, etag) => api.response('deleteSecret', { ...HELLO, secret_name: 'KEY' }, going(etag)),
  },
  'upload a version': {
    reads: 'listVersions',
    call: (api, etag) => api.response('createVersion', HELLO, going(etag, { body: aWorker({ code: saying('new') }) })),
  },
  'upload and deploy': {
    reads: 'listVersions',
    call: (api, etag) => api.response('putScript', HELLO, going(etag, { body: aWorker({ code: saying('newer') }) })),
  },
};

/** What somebody else does meanwhile that changes what was read. */
const meanwhile = async (api: TestApi, reads: OfHello): Promise<void> => {
  if (reads === 'getSchedules') await api.ok('putSchedules', HELLO, { json: [{ cron: '2 * * * *' }] });
  else if (reads === 'getScriptSettings') await api.ok('patchScriptSettings', HELLO, { json: { logpush: true } });
  else await api.uploadVersion('hello', { code: saying('somebody else’s') });
};

for (const [what, { reads, call }] of Object.entries(changes)) {
  test(`[SE-13] to ${what} goes by what was read: a stale ETag is refused, and says who changed it`, async (t) => {
    const api = await anApi(t);
    await api.upload('hello');
    await api.ok('putSecret', HELLO, { json: { name: 'KEY', text: 'first' } });
    const seen = await etagOf(api, reads);
    await meanwhile(api, reads);
    const refused = await api.refusedBy(() => call(api, seen));
    assert.deepEqual([refused.status, refused.code], [412, 100322]);
    assert.match(refused.message, /ada@example\.com (?:made version 3|changed them) at 2026-11-01T10:00:00/);
    const done = await call(api, await etagOf(api, reads));
    assert.equal(done.status, 200, await done.clone().text());
    assert.match(done.headers.get('etag') ?? '', /^"[\w.-]+"$/);
  });
}

test('[SE-13] the answer to a change has the ETag of what it made, so that the next one needs no reading', async (t) => {
  const api = await anApi(t);
  await api.upload('hello');
  const first = await api.response('patchSettings', HELLO, going(await etagOf(api, 'getSettings'), { json: { tags: ['a'] } }));
  const second = await api.response('patchSettings', HELLO, going(first.headers.get('etag') ?? '', { json: { tags: ['b'] } }));
  assert.equal(second.status, 200);
  assert.equal(second.headers.get('etag'), await etagOf(api, 'getSettings'));
});

test('[SE-13] what changes nothing that was read holds no change back', async (t) => {
  const api = await anApi(t);
  await api.upload('hello');
  const seen = await etagOf(api, 'getSettings');
  const crons = await etagOf(api, 'getSchedules');
  await api.ok('putSchedules', HELLO, { json: [{ cron: '2 * * * *' }] });
  assert.equal((await api.response('patchSettings', HELLO, going(seen, { json: { tags: ['a'] } }))).status, 200);
  await api.uploadVersion('hello');
  assert.equal((await api.response('putSchedules', HELLO, going(crons, { json: [] }))).status, 412);
});

test('[SE-13] settings and secrets are changed in what serves, so that a deployment makes what was read another', async (t) => {
  const api = await anApi(t);
  const { deployment_id: one } = await api.upload('hello');
  const { id: two } = await api.uploadVersion('hello', { code: saying('two') });
  const [settings, secrets, own] = [
    await etagOf(api, 'getSettings'),
    await etagOf(api, 'listSecrets'),
    await etagOf(api, 'getScriptSettings'),
  ];
  await api.deploy('hello', { [one ?? '']: 50, [two]: 50 });
  const revision = { headers: { 'if-match': settings }, body: JSON.stringify({ usage_model: 'standard', deploy: true }) };
  for (const change of [
    () => api.send('POST', '/switchback/v1/workers/hello/revisions', revision),
    () => api.response('patchSettings', HELLO, going(settings, { json: { compatibility_date: '2026-10-01' } })),
    () => api.response('putSecret', HELLO, going(secrets, { json: { name: 'KEY', text: 'k' } })),
  ]) {
    const { status, message } = await api.refusedBy(change);
    assert.equal(status, 412);
    assert.match(message, /ada@example\.com deployed at 2026-/);
  }
  assert.equal((await api.response('patchScriptSettings', HELLO, going(own, { json: { tags: ['y'] } }))).status, 200);
  const put = await api.response('putSecret', HELLO, going(await etagOf(api, 'listSecrets'), { json: { name: 'KEY', text: 'k' } }));
  assert.equal(put.headers.get('etag'), await etagOf(api, 'listSecrets'));
});

test('[SE-13] a rollback of older clients goes by what was read too', async (t) => {
  const api = await anApi(t);
  const { deployment_id: one = '' } = await api.upload('hello');
  const seen = await etagOf(api, 'listVersions');
  await api.upload('hello', { code: saying('two') });
  const back = (etag: string) => api.response('putScript', HELLO, going(etag, { query: { rollback_to: one }, body: new FormData() }));
  assert.equal((await api.refusedBy(() => back(seen))).status, 412);
  assert.equal((await back(await etagOf(api, 'listVersions'))).status, 200);
});

test('[SE-13] what a proxy that compresses appends to an ETag is no part of it', async (t) => {
  const api = await anApi(t);
  const { deployment_id: one = '' } = await api.upload('hello');
  for (const suffix of ['gzip', 'br', 'deflate']) {
    const seen = (await etagOf(api, 'getSettings')).replace(/"$/, `-${suffix}"`);
    assert.equal((await api.response('patchSettings', HELLO, going(seen, { json: { tags: [suffix] } }))).status, 200);
    const active = (await etagOf(api, 'listDeployments')).replace(/"$/, `-${suffix}"`);
    assert.equal((await api.response('createDeployment', HELLO, going(active, { json: aSplit({ [one]: 100 }) }))).status, 200);
  }
});

test('[SE-13] of two that change settings at once and saw the same, one is refused', async (t) => {
  const api = await anApi(t);
  await api.upload('hello');
  const seen = await etagOf(api, 'getSettings');
  const dates = ['2026-09-01', '2026-10-01'];
  const answers = await Promise.all(
    dates.map((date) => api.response('patchSettings', HELLO, going(seen, { json: { compatibility_date: date } }))),
  );
  assert.deepEqual(answers.map(({ status }) => status).toSorted(), [200, 412]);
});

test('[SE-14] the ETag of the deployments is the active one, also where there is none', async (t) => {
  const api = await anApi(t);
  await api.ok('createWorker', {}, { json: { name: 'hello' } });
  assert.equal(await etagOf(api, 'listDeployments'), '"none"');
  const { deployment_id: one = '' } = await api.upload('hello');
  const refused = await api.refused('createDeployment', HELLO, going('"none"', { json: aSplit({ [one]: 100 }) }));
  assert.deepEqual([refused.status, refused.code], [412, 100317]);
  assert.match(refused.message, /made by ada@example\.com at .*, not none at all\./);
  const { id } = await api.active('hello');
  assert.equal(await etagOf(api, 'listDeployments'), `"${id}"`);
  const made = await api.response('createDeployment', HELLO, going(`"${id}"`, { json: aSplit({ [one]: 100 }) }));
  assert.equal(made.headers.get('etag'), await etagOf(api, 'listDeployments'));
});

test('[SE-14] a first upload may insist on being the first', async (t) => {
  const api = await anApi(t);
  const first = () => api.response('putScript', HELLO, going('"none"', { body: aWorker() }));
  assert.equal((await first()).status, 200);
  assert.equal((await first()).status, 412);
  const others = await api.refused('putScript', { script_name: 'other' }, going('*', { body: aWorker() }));
  assert.equal(others.status, 404);
});

test('[SE-14] an If-Match that cannot be understood is refused, not left out', async (t) => {
  const api = await anApi(t);
  await api.upload('hello');
  for (const etag of ['', 'abc', '"a", "b"', '""', `"${'x'.repeat(101)}"`]) {
    const refused = await api.refused('patchSettings', HELLO, going(etag, { json: { tags: [] } }));
    assert.deepEqual([refused.status, refused.code], [400, 10026], etag);
  }
});
