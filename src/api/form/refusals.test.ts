import assert from 'node:assert/strict';
import test from 'node:test';
import { readUploadForm } from './read-upload-form.ts';
import { aBody, aField, aFile, aRequest, aStore, EDGE, formType, inChunks, limits, readBack, recorded } from './test-kit.ts';
import type { FormLimits } from './refusal.ts';

const METADATA = aField('metadata', '{"main_module":"index.js"}');

test('each way an upload can be unreadable has a code of its own', async () => {
  const cases: readonly (readonly [string | undefined, Buffer, unknown, Partial<FormLimits>?])[] = [
    [EDGE, Buffer.from(''), { code: 'missing_body' }],
    ['application/javascript', Buffer.from(''), { code: 'missing_body' }],
    ['multipart/form-data', aBody(METADATA), { code: 'missing_boundary' }],
    ['multipart/form-data; boundary=', aBody(METADATA), { code: 'missing_boundary' }],
    [
      `multipart/form-data; boundary=${'x'.repeat(71)}`,
      aBody(METADATA),
      { code: 'malformed_multipart', detail: 'its boundary is longer than 70 bytes' },
    ],
    ['application/json', Buffer.from('{}'), { code: 'unsupported_media_type', contentType: 'application/json' }],
    [
      'application/x-www-form-urlencoded',
      Buffer.from('a=b'),
      { code: 'unsupported_media_type', contentType: 'application/x-www-form-urlencoded' },
    ],
    [undefined, Buffer.from('code'), { code: 'unsupported_media_type', contentType: '' }],
    [EDGE, Buffer.from('no form at all'), { code: 'malformed_multipart', detail: 'the body ends before its closing boundary' }],
    [EDGE, aBody(METADATA).subarray(0, -6), { code: 'malformed_multipart', detail: 'the body ends before its closing boundary' }],
    [EDGE, Buffer.from('--edge\r\nno header\r\n--edge--\r\n'), { code: 'malformed_multipart', detail: 'a part has no header' }],
    [
      EDGE,
      aBody('X: y\r\n\r\ntext'),
      { code: 'malformed_multipart', detail: 'a part has no readable Content-Disposition: form-data header' },
    ],
    [
      EDGE,
      aBody('Content-Disposition: form-data; name="x\r\n\r\ntext'),
      { code: 'malformed_multipart', detail: 'a part has no readable Content-Disposition: form-data header' },
    ],
    [EDGE, aBody('Content-Disposition: form-data\r\n\r\ntext'), { code: 'malformed_multipart', detail: 'a part has no name' }],
    [
      EDGE,
      aBody(aFile('a.js', '', 'text/plain\r\nContent-Transfer-Encoding: base64')),
      { code: 'malformed_multipart', detail: 'a part is sent in the unsupported encoding "base64"' },
    ],
    [EDGE, aBody(METADATA, METADATA), { code: 'malformed_multipart', detail: 'the field "metadata" is given twice' }],
    [
      EDGE,
      aBody(METADATA, aField('metadata[main_module]', 'x')),
      { code: 'malformed_multipart', detail: 'metadata is given both as JSON and in brackets' },
    ],
    [
      EDGE,
      aBody(aField('metadata[a', 'x')),
      { code: 'malformed_multipart', detail: 'the brackets of the field "metadata[a" cannot be read' },
    ],
    [
      EDGE,
      aBody(aField('metadata[a]', 'x'), aField('metadata[a]', 'y')),
      { code: 'malformed_multipart', detail: 'the field "metadata[a]" contradicts an earlier one' },
    ],
    [EDGE, aBody(METADATA, aFile('a.js', ''), aFile('b.js', '')), { code: 'too_many_parts', limit: 2 }, { parts: 2 }],
    [EDGE, aBody(aFile('a.js', 'x'.repeat(1000))), { code: 'upload_too_large', limit: 1000 }, { totalBytes: 1000 }],
    ['application/javascript', Buffer.alloc(1001, 'x'), { code: 'upload_too_large', limit: 1000 }, { totalBytes: 1000 }],
    [
      EDGE,
      aBody(aField('a', 'x'.repeat(60)), aField('b', 'x'.repeat(60))),
      { code: 'metadata_too_large', limit: 100 },
      { metadataBytes: 100 },
    ],
    [
      EDGE,
      aBody(aFile('metadata', 'x'.repeat(101), 'application/json')),
      { code: 'metadata_too_large', limit: 100 },
      { metadataBytes: 100 },
    ],
    [
      EDGE,
      aBody(aField('metadata', '{')),
      { code: 'metadata_not_json', field: 'metadata', detail: 'it cannot be read at position 1 (line 1 column 2)' },
    ],
    [EDGE, aBody(aField('settings', '')), { code: 'metadata_not_json', field: 'settings', detail: 'it ends too early' }],
    [EDGE, aBody(aFile('../a.js', '')), { code: 'part_name_invalid', name: '../a.js', reason: 'traversal' }],
    [EDGE, aBody(aFile('/etc/passwd', '')), { code: 'part_name_invalid', name: '/etc/passwd', reason: 'absolute' }],
    [EDGE, aBody(aFile('', '')), { code: 'part_name_invalid', name: '', reason: 'empty' }],
    [EDGE, aBody(aFile('a%0d%0ab', '')), { code: 'part_name_invalid', name: 'a\r\nb', reason: 'control_character' }],
    [EDGE, aBody(aFile('n'.repeat(513), '')), { code: 'part_name_invalid', name: `${'n'.repeat(100)}…`, reason: 'too_long' }],
  ];
  for (const [contentType, body, refusal, within] of cases) {
    const shown = `${contentType} ${body.toString('utf8', 0, 200)}`;
    for (const sizes of [[65_536], [1], [7, 3]])
      assert.deepEqual(await readBack(contentType, body, sizes, within), { ok: false, refusal }, shown);
  }
});

test('a field that is not UTF-8 is refused', async () => {
  const read = await readBack(EDGE, Buffer.from(aBody(aField('metadata', '"\xff"')).toString('utf8'), 'latin1'));
  assert.deepEqual(read, { ok: false, refusal: { code: 'malformed_multipart', detail: 'the field "metadata" is not UTF-8' } });
});

test('no word of unreadable metadata stands in the refusal, for it may be a secret', async () => {
  for (const text of ['{"text":"hunter2" oops}', '{"text":hunter2}', 'hunter2', '{"text":"hunter2', "{'hunter2':1}"]) {
    const read = await readBack(EDGE, aBody(aField('metadata', text)));
    assert.equal(read.ok, false);
    assert.doesNotMatch(JSON.stringify(read), /hunter|oops|u?nter2/);
  }
});

test('a declared length over the limit is refused before a byte is read', async () => {
  const untouched = {
    [Symbol.asyncIterator]: (): AsyncIterator<Uint8Array> => assert.fail('the body was read'),
  };
  const read = await readUploadForm(aRequest(EDGE, untouched, limits.totalBytes + 1), { store: aStore().store, limits });
  assert.deepEqual(read, { ok: false, refusal: { code: 'upload_too_large', limit: limits.totalBytes } });
});

test('a request without a body is refused', async () => {
  const read = await readUploadForm(aRequest(EDGE, null), { store: aStore().store, limits });
  assert.deepEqual(read, { ok: false, refusal: { code: 'missing_body' } });
});

test('a failure of the store is thrown as it is, and nothing waits for it', async () => {
  const full = new Error('no space left on device');
  const store = async (source: AsyncIterable<Uint8Array>): Promise<never> => {
    for await (const _chunk of source) throw full;
    throw full;
  };
  for (const [contentType, body] of [
    [formType(recorded('curl')), recorded('curl')],
    ['application/javascript', Buffer.from('code')],
  ] as const) {
    await assert.rejects(readUploadForm(aRequest(contentType, inChunks(body, [50])), { store, limits }), full);
  }
});

test('a connection that breaks is thrown as it is, and the module being stored is given up', async () => {
  const broken = new Error('ECONNRESET');
  const { store, failed } = aStore();
  async function* half(): AsyncGenerator<Uint8Array> {
    yield* inChunks(aBody(aFile('a.js', 'x'.repeat(10_000))).subarray(0, 5000));
    throw broken;
  }
  await assert.rejects(readUploadForm(aRequest(EDGE, half()), { store, limits }), broken);
  assert.equal(failed(), 1);
});
