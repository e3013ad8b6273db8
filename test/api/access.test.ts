import assert from 'node:assert/strict';
import test from 'node:test';
import { endpoints, NOT_OFFERED, ownEndpoints, type Endpoint } from '../../src/contract/index.ts';
import { anApi, envelopeOf, type TestApi } from '../support/api.ts';

/** Every call of the contract and those of the edges, with the ids that exist put in: a new endpoint is tried by itself. */
const everyCall = ({ api }: TestApi): readonly (readonly [method: string, path: string, codes?: readonly number[]])[] => {
  const ids: Readonly<Record<string, string>> = {
    account_id: api.account.id,
    script_name: 'hello',
    worker: 'hello',
    environment: 'production',
  };
  const filled = (base: string, { method, path, auth }: Endpoint) => {
    const codes = auth === undefined ? [10000] : auth === 'asset_session' ? [10000, 100355] : [100450];
    return [method, base + path.replaceAll(/:(\w+)/g, (_, param: string) => ids[param] ?? 'x'), codes] as const;
  };
  return [
    ...Object.values(endpoints).map((endpoint) => filled('/client/v4', endpoint)),
    ...Object.values<Endpoint>(ownEndpoints)
      .filter(({ auth }) => auth !== 'none')
      .map((endpoint) => filled('/switchback/v1', endpoint)),
    ['GET', '/edge/v1/feed'],
    ['POST', '/edge/v1/reports'],
    ['POST', '/edge/v1/observed/report'],
    ['POST', '/edge/v1/observed/traces'],
    ['GET', '/edge/v1/observed/watched'],
    ['GET', '/edge/v1/versions/x'],
    ['GET', `/edge/v1/modules/${'a'.repeat(64)}`],
  ];
};

test('[A-2] no call does or tells anything without a valid token', async (t) => {
  const api = await anApi(t);
  await api.upload('hello');
  for (const [method, path, codes = [10000]] of everyCall(api)) {
    for (const token of [null, 'sb_wrong', '']) {
      const body = method === 'GET' ? {} : { body: '{}' };
      const refused = await api.refusedBy(() => api.send(method, path, { token, ...body }));
      assert.equal(refused.status, 401, `${method} ${path}`);
      assert.ok(codes.includes(refused.code), `${method} ${path}: ${refused.code}`);
    }
  }
});

test("[A-2] a client's token is none of an edge's, nor the other way round", async (t) => {
  const api = await anApi(t);
  assert.equal((await api.refusedBy(() => api.send('GET', '/edge/v1/versions/x'))).status, 401);
  assert.equal((await api.refusedBy(() => api.send('GET', '/client/v4/user', { token: api.api.edgeToken }))).status, 401);
});

test('[A-2] a revoked token is as good as none from then on', async (t) => {
  const api = await anApi(t);
  const { id, value: token } = await api.ok('createToken', {}, { json: { name: 'ci', email: 'ci@example.com' } });
  assert.deepEqual(await api.ok('verifyToken', {}, { token }), { id, status: 'active' });
  assert.equal((await api.ok('getUser', {}, { token })).email, 'ci@example.com');
  await api.ok('revokeToken', { token_id: id });
  assert.equal((await api.refused('getUser', {}, { token })).status, 401);
  assert.deepEqual(
    (await api.ok('listTokens', {})).map(({ name }) => name),
    ['operator', 'ada'],
  );
});

test('[A-2] the key of the old kind is a token too', async (t) => {
  const api = await anApi(t);
  const response = await api.send('GET', '/client/v4/user', {
    token: null,
    headers: { 'x-auth-key': api.token, 'x-auth-email': 'ada@example.com' },
  });
  assert.equal(response.status, 200);
});

test('[A-6] the API answers under loopback names, addresses and names that were allowed', async (t) => {
  const api = await anApi(t, { allowedHosts: ['Control.Example.com'] });
  const known = [
    'localhost',
    'LOCALHOST:7450',
    'a.localhost',
    '127.0.0.1:1',
    '192.168.1.4',
    '[::1]:7450',
    'control.example.com:80',
    'localhost.',
  ];
  const unknown = [
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'example.com',
    'xlocalhost',
    'control.example.com.evil',
    '[::1].evil',
  ];
  for (const path of ['/client/v4/user', '/', '/healthz', '/openapi.json', '/nowhere']) {
    for (const host of known) assert.notEqual((await api.send('GET', path, { headers: { host } })).status, 421, `${host} ${path}`);
    for (const host of unknown) {
      const refused = await api.refusedBy(() => api.send('GET', path, { headers: { host } }));
      assert.deepEqual([refused.status, refused.code], [421, 100300], `${host} ${path}`);
    }
  }
});

test('[A-10] what is not offered answers 403, so that clients go on without it', async (t) => {
  const api = await anApi(t);
  const paths = NOT_OFFERED.map(([prefix]) => prefix.replace(':account_id', api.api.account.id).replace(':script_name', 'hello'));
  for (const path of paths) {
    for (const [method, below] of [
      ['GET', ''],
      ['POST', ''],
      ['GET', '/x'],
      ['DELETE', '/x/y'],
    ] as const) {
      const refused = await api.refusedBy(() => api.send(method, `/client/v4${path}${below}`));
      assert.deepEqual([refused.status, refused.code], [403, 10403], `${method} ${path}${below}`);
    }
  }
});

test('[A-10] the lists that clients read on the way are empty, not refused', async (t) => {
  const api = await anApi(t);
  assert.deepEqual(await api.ok('listKvNamespaces', {}, { query: { page: 1, per_page: 1000, order: 'title' } }), []);
  assert.deepEqual(await api.ok('listDurableObjectNamespaces', {}, { query: { page: 1, per_page: 1000 } }), []);
  assert.deepEqual(await api.ok('listContainerApplications', {}), []);
  assert.deepEqual(await api.ok('listTailsByConsumer', { script_name: 'hello' }), []);
});

test('[A-1] an unknown path and an unknown method are refused in the envelope; 405 says which methods there are', async (t) => {
  const api = await anApi(t);
  const response = await api.send('PATCH', api.path('getScript', { script_name: 'hello' }));
  assert.deepEqual([response.status, response.headers.get('allow')], [405, 'DELETE, GET, PUT']);
  assert.equal((await envelopeOf(response)).errors[0]?.code, 10405);
  assert.equal((await api.refusedBy(() => api.send('GET', '/client/v4/nowhere'))).code, 7003);
});

test('[A-1] health, readiness, the first page and the description need no token', async (t) => {
  const api = await anApi(t);
  const get = (path: string) => api.send('GET', path, { token: null });
  assert.deepEqual(await (await get('/healthz')).json(), { ok: true });
  assert.deepEqual(await (await get('/readyz')).json(), { ok: true, generation: 0 });
  assert.match(await (await get('/')).text(), /Switchback/);
  assert.equal(((await (await get('/openapi.json')).json()) as { openapi: string }).openapi, '3.1.0');
});

test('any id of the form that Cloudflare gives accounts is this account; another form is a mistake', async (t) => {
  const api = await anApi(t);
  const listed = (id: string) => api.send('GET', `/client/v4/accounts/${id}/workers/scripts`);
  assert.equal((await listed('0123456789abcdef0123456789abcdef')).status, 200);
  assert.equal((await listed('my-account')).status, 403);
});
