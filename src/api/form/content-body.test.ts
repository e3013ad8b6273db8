import assert from 'node:assert/strict';
import test from 'node:test';
import { createHash } from 'node:crypto';
import { contentBody } from './content-body.ts';
import { readBack } from './test-kit.ts';

const UNIQUE = '0123456789abcdef0123456789abcdef';

const aVersion = (...modules: readonly (readonly [name: string, contentType: string, bytes: Buffer])[]) => {
  const stored = new Map(modules.map(([, , bytes]) => [createHash('sha256').update(bytes).digest('hex'), bytes]));
  const listed = modules.map(([name, contentType, bytes]) => ({
    name,
    contentType,
    size: bytes.length,
    digest: createHash('sha256').update(bytes).digest('hex'),
  }));
  async function* read(digest: string): AsyncGenerator<Uint8Array> {
    const bytes = stored.get(digest) ?? Buffer.alloc(0);
    for (let at = 0; at < bytes.length; at += 1000) yield bytes.subarray(at, at + 1000);
  }
  return contentBody(listed, read, UNIQUE);
};

const everyByte = Buffer.from(Array.from({ length: 5000 }, (_, index) => index % 256));

test('Response.formData() reads the content of a version: names, types and every byte', async () => {
  const { contentType, body } = aVersion(
    ['index.js', 'application/javascript+module', Buffer.from('export default {};')],
    ['lib/we"ird é.txt', 'text/plain', Buffer.from('é')],
    ['add.wasm', 'application/wasm', everyByte],
    ['empty.bin', 'application/octet-stream', Buffer.alloc(0)],
  );
  const form = await new Response(body, { headers: { 'content-type': contentType } }).formData();
  const read = await Promise.all(
    [...form].map(async ([name, file]) => {
      assert.ok(file instanceof File);
      return [name, file.name, file.type, Buffer.from(await file.arrayBuffer()).toString('latin1')];
    }),
  );
  assert.deepEqual(read, [
    ['index.js', 'index.js', 'application/javascript+module', 'export default {};'],
    ['lib/we"ird é.txt', 'lib/we"ird é.txt', 'text/plain', '\xc3\xa9'],
    ['add.wasm', 'add.wasm', 'application/wasm', everyByte.toString('latin1')],
    ['empty.bin', 'empty.bin', 'application/octet-stream', ''],
  ]);
});

test('what is written as content is read back as an upload, and its length was announced', async () => {
  const { contentType, contentLength, body } = aVersion(
    ['index.js', 'application/javascript+module', Buffer.from('export default {};')],
    ['a.mjs', '', everyByte],
  );
  const bytes = Buffer.from(await new Response(body).arrayBuffer());
  assert.equal(bytes.length, contentLength);
  const form = await readBack(contentType, bytes);
  assert.ok(form.ok);
  assert.deepEqual(form.value.files, [
    { field: 'index.js', filename: 'index.js', contentType: 'application/javascript+module', text: 'export default {};' },
    { field: 'a.mjs', filename: 'a.mjs', contentType: 'application/octet-stream', text: everyByte.toString('latin1') },
  ]);
});

test('a media type cannot add a header to its part', async () => {
  const { contentType, body } = aVersion(['a.txt', 'text/plain;\r\nContent-Disposition: form-data; name="b"', Buffer.from('a')]);
  const form = await new Response(body, { headers: { 'content-type': contentType } }).formData();
  assert.deepEqual([...form.keys()], ['a.txt']);
});

test('modules are read only as the client takes them, and an answer given up stops reading', async () => {
  let [began, ended] = [0, 0];
  async function* endless(): AsyncGenerator<Uint8Array> {
    began += 1;
    try {
      for (;;) yield Buffer.alloc(1000);
    } finally {
      ended += 1;
    }
  }
  const { body } = contentBody([{ name: 'a.bin', contentType: 'application/octet-stream', digest: 'a', size: 1e9 }], endless, UNIQUE);
  const reader = body.getReader();
  for (let chunk = 0; chunk < 5; chunk += 1) await reader.read();
  await reader.cancel();
  assert.deepEqual([began, ended], [1, 1]);
});
