import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { ModuleStore } from '../../files/index.ts';
import { readUploadForm } from './read-upload-form.ts';
import type { FormLimits } from './refusal.ts';
import { aBody, aField, aFile, aRequest, EDGE } from './test-kit.ts';

const MB = 1024 * 1024;
/** Measured: under 1 MB. Below the 16 MB limit, so that even a reader that keeps what it refuses shows. */
const MOST_HELD = 8 * MB;
const within = (totalBytes: number): FormLimits => ({ totalBytes, parts: 100, metadataBytes: MB, partNameBytes: 512 });

const aModuleStore = async (t: TestContext) => {
  const folder = await mkdtemp(join(tmpdir(), 'switchback-form-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const modules = new ModuleStore(folder);
  return { store: (source: AsyncIterable<Uint8Array>) => modules.put(source), incoming: () => readdir(join(folder, 'incoming')) };
};

/** A form whose one module goes on for this many bytes; each chunk is new, so a reader that keeps them shows. */
async function* aLongUpload(bytes: number, sent: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  const [head, tail] = aBody(aField('metadata', '{}'), aFile('big.bin', '%', 'application/octet-stream'))
    .toString()
    .split('%');
  yield Buffer.from(head ?? '');
  for (let at = 0; at < bytes; at += 65_536) {
    sent(at);
    yield Buffer.alloc(65_536, at % 251);
  }
  yield Buffer.from(tail ?? '');
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const held = (): number => {
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
};

/**
 * The most that heap and buffers grew by while `run` ran, looked at every 4 MB. Garbage is collected before each look:
 * what counts is what is held, not how late the collector comes.
 */
const growthDuring = async (run: (look: (sent: number) => void) => Promise<void>): Promise<number> => {
  const before = held();
  let most = 0;
  await run((sent) => {
    if (sent % (4 * MB) === 0) most = Math.max(most, held() - before);
  });
  return most;
};

test('an endless upload is refused at the limit: no more is read, nothing is left, memory stays flat', async (t) => {
  const { store, incoming } = await aModuleStore(t);
  let sent = 0;
  const growth = await growthDuring(async (look) => {
    const body = aLongUpload(200 * MB, (bytes) => {
      sent = bytes;
      look(bytes);
    });
    const read = await readUploadForm(aRequest(EDGE, body), { store, limits: within(16 * MB) });
    assert.deepEqual(read, { ok: false, refusal: { code: 'upload_too_large', limit: 16 * MB } });
  });
  assert.ok(sent <= 17 * MB, `${sent} bytes were read`);
  assert.ok(growth < MOST_HELD, `memory grew by ${Math.round(growth / MB)} MB`);
  assert.deepEqual(await incoming(), []);
});

test('a large upload within the limit is stored whole with memory flat', async (t) => {
  const { store } = await aModuleStore(t);
  const growth = await growthDuring(async (look) => {
    const read = await readUploadForm(aRequest(EDGE, aLongUpload(96 * MB, look)), { store, limits: within(100 * MB) });
    assert.ok(read.ok, JSON.stringify(read));
    assert.equal(read.value.files[0]?.size, 96 * MB);
  });
  assert.ok(growth < MOST_HELD, `memory grew by ${Math.round(growth / MB)} MB`);
});

test('a refusal leaves the connection open for the answer that says why', async (t) => {
  const { store } = await aModuleStore(t);
  const server = createServer(async (request, response) => {
    const headers = new Headers({ 'content-type': request.headers['content-type'] ?? '' });
    const read = await readUploadForm({ headers, body: request }, { store, limits: within(MB) });
    response.writeHead(413).end(JSON.stringify(read));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const form = new FormData();
  form.set('big.bin', new Blob([Buffer.alloc(8 * MB)]), 'big.bin');
  const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, { method: 'PUT', body: form });
  assert.equal(response.status, 413);
  assert.deepEqual(await response.json(), { ok: false, refusal: { code: 'upload_too_large', limit: MB } });
});
