import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import test from 'node:test';
import { readRecording } from './recording.ts';
import { startRecorder } from './recorder.ts';
import { replay } from './replay.ts';

/** Gives out a new version at each POST and remembers what came. */
async function startApi() {
  const received: { readonly line: string; readonly authorization: string | undefined; readonly body: Buffer }[] = [];
  const server = createServer(async (request, response) => {
    received.push({ line: `${request.method} ${request.url}`, authorization: request.headers.authorization, body: await buffer(request) });
    const result = request.method === 'POST' ? { id: randomUUID(), list: [{ id: randomUUID() }] } : {};
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ success: true, result }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // It listens on TCP.
  return {
    baseUrl: `http://127.0.0.1:${port}/client/v4`,
    received,
    async [Symbol.asyncDispose]() {
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const OLD_ACCOUNT = 'a'.repeat(32);
const NEW_ACCOUNT = 'b'.repeat(32);
const WASM = Buffer.from([0, 0x61, 0x73, 0x6d, 0xff, 0xfe]);

test('a recording holds no token and no account, and its replay speaks of the ids given out this time', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'switchback-recorder-'));
  const file = join(dir, '3.34', 'deploy.ndjson');
  try {
    await using api = await startApi();
    {
      await using recorder = await startRecorder({ upstream: api.baseUrl, accountId: OLD_ACCOUNT, file });
      const worker = `${recorder.baseUrl}/accounts/${OLD_ACCOUNT}/workers/scripts/hello`;
      const headers = { authorization: 'Bearer secret-token', 'content-type': 'application/octet-stream' };
      const first = await fetch(`${worker}/versions`, { method: 'POST', headers, body: WASM });
      const { result } = (await first.json()) as { result: { id: string; list: [{ id: string }] } }; // As startApi answers.
      await fetch(`${worker}?rollback_to=${result.list[0].id.replaceAll('-', '')}`, { method: 'PUT', headers, body: `to ${result.id}` });
    }
    const text = readFileSync(file, 'utf8');
    assert.ok(!text.includes('secret-token') && !text.includes(OLD_ACCOUNT), text);
    assert.deepEqual(readRecording(file)[0]?.request.body, { base64: WASM.toString('base64') });

    const earlier = api.received.length;
    const answers = await replay(file, { baseUrl: api.baseUrl, token: 'other', accountId: NEW_ACCOUNT, substitutions: { hello: 'again' } });
    assert.deepEqual(
      answers.map(({ status, recorded }) => [status, recorded.status]),
      [
        [200, 200],
        [200, 200],
      ],
    );
    const given = JSON.parse(answers[0]?.body ?? '') as { result: { id: string; list: [{ id: string }] } };
    const [upload, rollback] = api.received.slice(earlier);
    assert.equal(upload?.line, `POST /client/v4/accounts/${NEW_ACCOUNT}/workers/scripts/again/versions`);
    assert.equal(upload.authorization, 'Bearer other');
    assert.deepEqual(upload.body, WASM);
    const target = given.result.list[0].id.replaceAll('-', '');
    assert.equal(rollback?.line, `PUT /client/v4/accounts/${NEW_ACCOUNT}/workers/scripts/again?rollback_to=${target}`);
    assert.equal(rollback.body.toString(), `to ${given.result.id}`);
  } finally {
    rmSync(dir, { recursive: true });
  }
});
