import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test from 'node:test';
import { ownEndpoints } from '../../src/contract/index.ts';
import { anApi, envelopeOf, type Refused, type TestApi } from '../support/api.ts';
import { asksToSignIn, cookieIn, SESSION, signsIn, type BrowserSession } from '../support/browser-session.ts';
import { aControlPlane } from '../support/control-plane.ts';
import { sessionOf } from '../../src/control/index.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const USER = '/client/v4/user';

const codeOf = async (api: TestApi, send: () => Promise<Response>): Promise<Pick<Refused, 'status' | 'code'>> => {
  const { status, code } = await api.refusedBy(send);
  return { status, code };
};

const linkFrom = async (response: Response): Promise<string> => {
  const { result } = await envelopeOf(response);
  return ownEndpoints.createSessionCode.result.parse(result).url;
};

const codeIn = (url: string): string => new URL(url).hash.replace('#code=', '');

const invited = async (api: TestApi): Promise<string> => codeIn(await linkFrom(await api.send('POST', `${SESSION}/codes`)));

const newest = async (api: TestApi) => {
  const [entry] = await api.api.store.read.audit.page({ offset: 0, limit: 1 });
  assert.ok(entry !== undefined);
  return entry;
};

const named = (api: TestApi, session: BrowserSession, name: string): Promise<Response> =>
  session.send('POST', `/client/v4/accounts/${api.api.account.id}/tokens`, { json: { name } });

test('[SE-1] a token signs in: the cookie then stands in its place, and says who it is', async (t) => {
  const api = await anApi(t);
  const response = await asksToSignIn(api, { token: api.token });
  assert.match(
    response.headers.get('set-cookie') ?? '',
    /^switchback_session=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/; Max-Age=604800$/,
  );
  assert.equal(response.headers.get('cache-control'), 'no-store');
  const { result } = await envelopeOf(response);
  const session = ownEndpoints.createSession.result.parse(result);
  assert.deepEqual(session, result);
  assert.deepEqual(
    [session.account_id, session.user.name, session.user.email, session.expires_on, session.control_url],
    [api.api.account.id, 'ada', 'ada@example.com', '2026-11-01T22:00:00.000Z', 'http://127.0.0.1:7450'],
  );
  const get = (path: string) => api.send('GET', path, { token: null, headers: { cookie: `theme=dark; ${cookieIn(response)}` } });
  assert.deepEqual((await envelopeOf(await get(SESSION))).result, result);
  assert.equal(((await envelopeOf(await get(USER))).result as { email: string }).email, 'ada@example.com');
});

test('[SE-1] by https the cookie is Secure, and of this host alone', async (t) => {
  const api = await anApi(t);
  const https = { 'x-forwarded-proto': 'https' };
  const response = await asksToSignIn(api, { token: api.token }, https);
  assert.match(response.headers.get('set-cookie') ?? '', /^__Host-switchback_session=.*; Path=\/; .*; Secure$/);
  const cookie = cookieIn(response);
  assert.equal((await api.send('GET', SESSION, { token: null, headers: { cookie, ...https } })).status, 200);
  const unprefixed = cookie.replace('__Host-', '');
  assert.equal((await api.send('GET', SESSION, { token: null, headers: { cookie: unprefixed, ...https } })).status, 401);
});

test('[SE-2] nothing that signs in is stored or logged as it is', async (t) => {
  const api = await anApi(t);
  const code = await invited(api);
  const session = await signsIn(api, { code });
  const value = session.cookie.replace('switchback_session=', '');
  const stored = JSON.stringify(api.world());
  for (const secret of [code, value, session.result.csrf_token, api.token]) assert.ok(!stored.includes(secret));
  assert.ok(stored.includes(createHash('sha256').update(value).digest('hex')), 'it is found by its digest');
});

test('[SE-3] a link signs in once, within ten minutes, as the one who asked for it', async (t) => {
  const api = await anApi(t);
  const link = await linkFrom(await api.send('POST', `${SESSION}/codes`));
  assert.match(link, /^http:\/\/127.0.0.1:7450\/sign-in#code=[\w-]{43}$/);
  const session = await signsIn(api, { code: codeIn(link) });
  assert.equal(session.result.user.name, 'ada');
  assert.deepEqual(await codeOf(api, () => asksToSignIn(api, { code: codeIn(link) })), { status: 401, code: 100452 });
  const late = await invited(api);
  api.plane.clock.move(10 * MINUTE_MS);
  assert.deepEqual(await codeOf(api, () => asksToSignIn(api, { code: late })), { status: 401, code: 100452 });
  // Somebody who is signed in may let another browser in.
  const fromSession = codeIn(await linkFrom(await session.send('POST', `${SESSION}/codes`)));
  assert.equal((await signsIn(api, { code: fromSession })).result.user.name, 'ada');
});

test('[SE-4] a session ends 12 hours after its last use, and 7 days after its first', async (t) => {
  const api = await anApi(t);
  const session = await signsIn(api);
  const asks = () => session.send('GET', USER);
  for (let hours = 0; hours < 7 * 24; hours += 11) {
    assert.equal((await asks()).status, 200, `after ${hours} hours`);
    api.plane.clock.move(11 * HOUR_MS);
  }
  assert.deepEqual(await codeOf(api, asks), { status: 401, code: 100451 });
  const idle = await signsIn(api);
  api.plane.clock.move(12 * HOUR_MS - 1);
  assert.equal((await idle.send('GET', USER)).status, 200);
  api.plane.clock.move(12 * HOUR_MS);
  assert.deepEqual(await codeOf(api, () => idle.send('GET', USER)), { status: 401, code: 100451 });
});

test('[SE-4] signing out ends the session and takes the cookie away; revoking its token ends it too', async (t) => {
  const api = await anApi(t);
  const session = await signsIn(api);
  const response = await session.send('DELETE', SESSION);
  assert.match(response.headers.get('set-cookie') ?? '', /^switchback_session=; .*Max-Age=0$/);
  assert.deepEqual(await codeOf(api, () => session.send('GET', SESSION)), { status: 401, code: 100451 });
  const { id, value } = await api.ok('createToken', {}, { json: { name: 'ci' } });
  const other = await signsIn(api, { token: value });
  const code = codeIn(await linkFrom(await other.send('POST', `${SESSION}/codes`)));
  await api.ok('revokeToken', { token_id: id });
  assert.deepEqual(await codeOf(api, () => other.send('GET', USER)), { status: 401, code: 100451 });
  assert.deepEqual(await codeOf(api, () => asksToSignIn(api, { code })), { status: 401, code: 100452 });
});

test('[SE-4] who is let in by a session stays no longer than it may, and a link ends with the session that made it', async (t) => {
  const api = await anApi(t);
  const session = await signsIn(api);
  const made = await session.send('POST', `${SESSION}/codes`);
  assert.equal(made.headers.get('cache-control'), 'no-store');
  const code = codeIn(await linkFrom(made));
  await session.send('DELETE', SESSION);
  assert.deepEqual(await codeOf(api, () => asksToSignIn(api, { code })), { status: 401, code: 100452 });
  let last = await signsIn(api);
  for (let hours = 0; hours < 7 * 24 - 11; hours += 11) {
    api.plane.clock.move(11 * HOUR_MS);
    last = await signsIn(api, { code: codeIn(await linkFrom(await last.send('POST', `${SESSION}/codes`))) });
  }
  const leftMs = 3 * HOUR_MS;
  assert.equal(Date.parse(last.result.expires_on) - api.plane.clock.now().getTime(), leftMs);
  api.plane.clock.move(leftMs);
  assert.deepEqual(await codeOf(api, () => last.send('GET', USER)), { status: 401, code: 100451 });
});

test('[SE-4] a restart ends no session', async (t) => {
  const before = await anApi(t);
  const { cookie } = await signsIn(before);
  await before.api.store.close();
  const { control } = await aControlPlane(t, { folder: before.plane.folder });
  const found = await sessionOf(control, cookie.replace('switchback_session=', ''));
  assert.equal(found.ok && found.value.token.name, 'ada');
});

test('[SE-5] by cookie nothing is changed without the token against forgery, nor from a page of another site', async (t) => {
  const api = await anApi(t);
  const session = await signsIn(api);
  const tries = (headers: Readonly<Record<string, string>>) =>
    codeOf(api, () => session.send('DELETE', SESSION, { headers: { 'sec-fetch-site': '', ...headers } }));
  const foreign = { status: 403, code: 100455 };
  assert.deepEqual(await tries({ 'x-switchback-csrf': '' }), { status: 403, code: 100454 });
  assert.deepEqual(await tries({ 'x-switchback-csrf': 'A'.repeat(43) }), { status: 403, code: 100454 });
  for (const site of ['cross-site', 'same-site', 'none']) assert.deepEqual(await tries({ 'sec-fetch-site': site }), foreign, site);
  for (const origin of ['https://evil.example', 'null', 'http://localhost:8080', 'http://localhost.evil'])
    assert.deepEqual(await tries({ origin, host: 'localhost' }), foreign, origin);
  assert.deepEqual(await tries({ 'sec-fetch-site': 'same-origin', origin: 'https://evil.example' }), foreign);
  assert.equal((await session.send('DELETE', SESSION, { headers: { origin: 'https://localhost', host: 'localhost' } })).status, 200);
});

test('[SE-5] by cookie nothing is read for a page of another site; a person may open any address', async (t) => {
  const api = await anApi(t);
  const session = await signsIn(api);
  const reads = (site: string) => session.send('GET', USER, { headers: { 'sec-fetch-site': site } });
  for (const site of ['cross-site', 'same-site']) assert.deepEqual(await codeOf(api, () => reads(site)), { status: 403, code: 100455 });
  for (const site of ['same-origin', 'none', '']) assert.equal((await reads(site)).status, 200, site);
});

test('[SE-16] by cookie nothing is loaded as a script, a style or the like', async (t) => {
  const api = await anApi(t);
  const session = await signsIn(api);
  const reads = (use: string) => session.send('GET', USER, { headers: { 'sec-fetch-dest': use } });
  for (const use of ['script', 'style', 'worker', 'serviceworker', 'iframe', 'object', 'image'])
    assert.deepEqual(await codeOf(api, () => reads(use)), { status: 403, code: 100455 }, use);
  for (const use of ['empty', 'document', 'websocket']) assert.equal((await reads(use)).status, 200, use);
});

test('[SE-5] a refusal for another host names both, as where a proxy drops the port', async (t) => {
  const api = await anApi(t);
  const session = await signsIn(api);
  const headers = { origin: 'https://localhost:8443', host: 'localhost' };
  const { message } = await api.refusedBy(() => session.send('DELETE', SESSION, { headers }));
  assert.match(message, /a page of "https:\/\/localhost:8443" \(this server was asked as "localhost"\)/);
});

test('[SE-5] nobody is signed in by a page of another site', async (t) => {
  const api = await anApi(t);
  for (const headers of [{ 'sec-fetch-site': 'cross-site' }, { origin: 'https://evil.example' }] as const)
    assert.deepEqual(await codeOf(api, () => asksToSignIn(api, { token: api.token }, headers)), { status: 403, code: 100455 });
});

test('[SE-6] a token that is sent goes before a cookie, and needs nothing besides', async (t) => {
  const api = await anApi(t);
  const { cookie } = await signsIn(api);
  const { value } = await api.ok('createToken', {}, { json: { name: 'ci' } });
  const response = await api.send('POST', `${SESSION}/codes`, { token: value, headers: { cookie, 'sec-fetch-site': 'cross-site' } });
  assert.equal(response.status, 200);
  assert.equal((await newest(api)).actor.email, 'ci');
  assert.equal((await codeOf(api, () => api.send('GET', USER, { token: 'sb_wrong', headers: { cookie } }))).code, 10000);
});

test('[SE-7] who signs in, lets in or signs out is in the audit log once, and what they do as done in the dashboard', async (t) => {
  const api = await anApi(t);
  const rows = async (work: () => Promise<unknown>) => {
    const before = await api.api.store.read.audit.count();
    await work();
    assert.equal(await api.api.store.read.audit.count(), before + 1);
    const { action, target, actor, detail } = await newest(api);
    assert.equal(actor.email, 'ada@example.com');
    return [action, target.split('/')[0], detail['source'], detail['by']];
  };
  assert.deepEqual(await rows(() => api.send('POST', `${SESSION}/codes`)), ['session.invite', 'token', 'api', undefined]);
  assert.deepEqual(await rows(() => signsIn(api)), ['session.create', 'session', 'dash', 'token']);
  const code = await invited(api);
  assert.deepEqual(await rows(() => signsIn(api, { code })), ['session.create', 'session', 'dash', 'link']);
  const session = await signsIn(api);
  assert.deepEqual(await rows(() => named(api, session, 'made-there')), ['token.create', 'token', 'dash', undefined]);
  assert.deepEqual(await rows(() => session.send('DELETE', SESSION)), ['session.delete', 'session', 'dash', undefined]);
});

test('[SE-8] sign-ins that fail are bounded, from each address, for a minute; one that is right is not held back', async (t) => {
  const api = await anApi(t);
  const invitation = await invited(api);
  const wrong = () => codeOf(api, () => asksToSignIn(api, { token: 'sb_wrong' }));
  const answers = await Promise.all(Array.from({ length: 200 }, wrong));
  assert.equal(answers.filter(({ status }) => status === 401).length, 20, 'also where all come at once');
  const response = await asksToSignIn(api, { code: 'wrong' });
  assert.deepEqual([response.status, response.headers.get('retry-after')], [429, '60']);
  const { errors } = await envelopeOf(response);
  assert.equal(errors[0]?.code, 100453);
  await signsIn(api);
  await signsIn(api, { code: invitation });
  api.plane.clock.move(MINUTE_MS);
  assert.deepEqual(await wrong(), { status: 401, code: 10000 });
});

test('[SE-8] bad input to a sign-in is refused and signs nobody in', async (t) => {
  const api = await anApi(t);
  for (const proof of [{}, { token: 'a', code: 'b' }, { token: 1 }, { token: '' }, [], { code: 'x'.repeat(1001) }, { token: 'a', more: 1 }])
    assert.deepEqual(await codeOf(api, () => asksToSignIn(api, proof)), { status: 400, code: 10026 }, JSON.stringify(proof));
  const none: readonly (readonly [string, number])[] = [
    ['', 100450],
    ['switchback_session=', 100451],
    ['switchback_session=nobody', 100451],
    ['switchback_sessions=nobody', 100450],
  ];
  for (const [cookie, code] of none)
    assert.deepEqual(
      await codeOf(api, () => api.send('GET', SESSION, { token: null, headers: { cookie } })),
      { status: 401, code },
      cookie,
    );
});
