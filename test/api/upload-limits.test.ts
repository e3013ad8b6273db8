import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { anApi, type ApiOptions, type TestApi } from '../support/api.ts';
import { until } from '../support/until.ts';
import { aWorker } from '../support/worker-form.ts';

const MEGABYTE = 1_048_576;
const HEAD = Buffer.from(
  '--x\r\nContent-Disposition: form-data; name="metadata"\r\n\r\n{"main_module":"index.js"}\r\n' +
    '--x\r\nContent-Disposition: form-data; name="index.js"; filename="index.js"\r\nContent-Type: application/javascript+module\r\n\r\n//',
);

interface Upload {
  readonly outgoing: ClientRequest;
  readonly answer: Promise<{ readonly status: number; readonly code: number | undefined }>;
}

const begin = (api: TestApi, url: string, headers: Readonly<Record<string, string | number>> = {}, token = api.token): Upload => {
  const outgoing = request(`${url}${api.path('putScript', { script_name: 'hello' })}`, {
    method: 'PUT',
    agent: false,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'multipart/form-data; boundary=x', ...headers },
  });
  const answer = once(outgoing, 'response').then(([response]) => read(response as IncomingMessage));
  // What is left to send after the answer may find the connection closed.
  outgoing.on('error', () => {});
  return { outgoing, answer };
};

const read = async (response: IncomingMessage) => {
  let text = '';
  for await (const chunk of response) text += String(chunk);
  const { errors } = JSON.parse(text) as { readonly errors: readonly { readonly code: number }[] };
  return { status: response.statusCode ?? 0, code: errors[0]?.code };
};

/** Sends as fast as the server takes it, until it answers or `most` bytes are sent; answers how many were. */
const pour = async ({ outgoing, answer }: Upload, most: number): Promise<number> => {
  const answered = new AbortController();
  void answer.then(() => answered.abort()).catch(() => {});
  const block = Buffer.alloc(64 * 1024, ' ');
  let sent = 0;
  outgoing.write(HEAD);
  while (!answered.signal.aborted && sent < most && !outgoing.destroyed) {
    sent += block.length;
    if (!outgoing.write(block)) await Promise.race([once(outgoing, 'drain').catch(() => {}), answer.catch(() => {})]);
  }
  return sent;
};

const served = async (t: TestContext, options: ApiOptions) => {
  const api = await anApi(t, options);
  return { api, url: await api.listen() };
};

const incoming = async (api: TestApi): Promise<readonly string[]> => readdir(join(api.plane.folder, 'modules', 'incoming')).catch(() => []);

test('[A-7] an upload over the limit is refused while it streams, and memory stays flat', async (t) => {
  const { api, url } = await served(t, { maxUploadBytes: 16 * MEGABYTE });
  await api.upload('hello');
  const before = api.world();
  const warm = begin(api, url);
  await pour(warm, 64 * MEGABYTE);
  assert.deepEqual(await warm.answer, { status: 413, code: 10027 });
  const memory = process.memoryUsage.rss();
  for (let round = 0; round < 8; round += 1) {
    const upload = begin(api, url);
    const sent = await pour(upload, 256 * MEGABYTE);
    assert.deepEqual(await upload.answer, { status: 413, code: 10027 });
    assert.ok(sent < 64 * MEGABYTE, `${sent} bytes were taken`);
    upload.outgoing.destroy();
  }
  const grown = process.memoryUsage.rss() - memory;
  assert.ok(grown < 64 * MEGABYTE, `128 MB were read, and memory grew by ${grown} bytes`);
  assert.deepEqual(api.world(), before);
  assert.deepEqual(await incoming(api), [], 'what was written of them is gone');
});

test('[A-7] an upload that says beforehand that it is over the limit is not read', async (t) => {
  const { api, url } = await served(t, { maxUploadBytes: MEGABYTE });
  const upload = begin(api, url, { 'content-length': 100 * MEGABYTE });
  upload.outgoing.write(HEAD);
  assert.deepEqual(await upload.answer, { status: 413, code: 10027 });
  upload.outgoing.destroy();
});

test('[A-2] a large upload with a wrong token gets its answer although nobody reads it', async (t) => {
  const { api, url } = await served(t, { maxUploadBytes: 16 * MEGABYTE });
  const upload = begin(api, url, {}, 'sb_wrong');
  const sent = await pour(upload, 256 * MEGABYTE);
  assert.deepEqual(await upload.answer, { status: 401, code: 10000 });
  assert.ok(sent < 32 * MEGABYTE, `${sent} bytes were taken`);
  upload.outgoing.destroy();
});

test('[A-7] an upload just below the limit is taken', async (t) => {
  const { api } = await served(t, { maxUploadBytes: 8 * MEGABYTE });
  const text = 'x'.repeat(8 * MEGABYTE - 2_000);
  await api.ok('putScript', { script_name: 'hello' }, { body: aWorker({ modules: { 'large.txt': [text, 'text/plain'] } }) });
});

test('an upload that breaks off leaves nothing behind', async (t) => {
  const { api, url } = await served(t, { maxUploadBytes: 64 * MEGABYTE });
  await api.upload('hello');
  const before = api.world();
  const upload = begin(api, url);
  upload.answer.catch(() => {});
  await pour(upload, 4 * MEGABYTE);
  await until('the module to be on its way to the disk', async () => (await incoming(api)).length === 1);
  upload.outgoing.destroy();
  await until('it to be gone', async () => (await incoming(api)).length === 0);
  assert.deepEqual(api.world(), before);
});

test('a client that goes on after a body that was too large finds its next call answered', async (t) => {
  const { api, url } = await served(t, { maxUploadBytes: MEGABYTE });
  const headers = { authorization: `Bearer ${api.token}` };
  const deploy = `${url}${api.path('createDeployment', { script_name: 'hello' })}`;
  for (const megabytes of [5, 7, 20]) {
    const refused = await fetch(deploy, { method: 'POST', headers, body: 'x'.repeat(megabytes * MEGABYTE) });
    assert.deepEqual([refused.status, refused.headers.get('connection')], [413, 'close']);
    await refused.text();
    const next = await fetch(deploy, { method: 'POST', headers, body: '{"versions":[]}' });
    assert.equal(next.status, 404);
    await next.text();
  }
});
