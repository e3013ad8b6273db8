import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import test from 'node:test';
import { promisify } from 'node:util';
import { anApi, type TestApi } from '../support/api.ts';

const run = promisify(execFile);

const MEBIBYTE = 1_048_576;

/** A process of its own: a client that shares the server's event loop is never in the middle of a write when the connection closes. */
const CLIENT = `
  const [url, headers, times] = JSON.parse(process.argv[1]);
  const body = Buffer.alloc(${30 * MEBIBYTE}, ' ');
  const told = [];
  for (let round = 0; round < times; round += 1) {
    try {
      const response = await fetch(url, { method: 'PUT', headers, body });
      const { errors } = await response.json();
      told.push(response.status + ' ' + errors.map(({ code, message }) => code + ' ' + message).join(' | '));
    } catch (error) {
      told.push(error.message + ': ' + error.cause?.code);
    }
  }
  console.log(JSON.stringify(told));
`;

/** What each of so many clients with a body of 30 MiB is told, each thing once. */
const refusals = async (api: TestApi, path: string, headers: Readonly<Record<string, string>>, times = 20): Promise<readonly string[]> => {
  const told = JSON.stringify([`${await api.listen()}${path}`, { authorization: `Bearer ${api.token}`, ...headers }, times]);
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', CLIENT, told], { timeout: 120_000 });
  const answers = JSON.parse(stdout) as readonly string[];
  assert.equal(answers.length, times);
  return [...new Set(answers)];
};

test('[A-17] a client that sends a value larger than the limit reads the refusal each time, which names the limit', async (t) => {
  const api = await anApi(t, { hasData: true });
  const { id } = await api.ok('createKvNamespace', {}, { json: { title: 'big' } });
  assert.deepEqual(await refusals(api, api.path('putKvValue', { namespace_id: id, key_name: 'k' }), {}), [
    `413 100301 The request's body is larger than 26279936 bytes: a KV value has at most 25 MiB (26214400 bytes).`,
  ]);
});

test('[A-17] a client that uploads more than the limit, or without a token, reads the refusal each time', async (t) => {
  const api = await anApi(t, { maxUploadBytes: 16 * MEBIBYTE });
  const path = api.path('putScript', { script_name: 'big' });
  const form = { 'content-type': 'multipart/form-data; boundary=x' };
  assert.deepEqual(await refusals(api, path, form), [
    '413 10027 The upload is larger than the limit of 16777216 bytes. Nothing was stored. The limit is set with --max-upload-mb.',
  ]);
  const [foreign = ''] = await refusals(api, path, { ...form, authorization: 'Bearer wrong' }, 5);
  assert.match(foreign, /^401 /);
});
