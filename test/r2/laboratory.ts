/**
 * For tests: a Worker that does one thing after another with `env.BUCKET` and answers what came of each, without what differs from run
 * to run. It is text, because it runs in workerd; beside Miniflare's bucket it says what R2 does.
 */
export const LABORATORY = `
const shown = (object) => object && {
  key: object.key, size: object.size, etag: object.etag, httpEtag: object.httpEtag, range: object.range, hasBody: 'body' in object,
  http: object.httpMetadata, custom: object.customMetadata, checksums: object.checksums.toJSON(),
};
const read = async (object) => object && ('body' in object ? await object.text() : { noBody: shown(object) });
const listed = (page) => ({
  keys: page.objects.map((each) => each.key), prefixes: page.delimitedPrefixes, truncated: page.truncated, hasCursor: page.cursor !== undefined,
});
const all = async (bucket, options) => {
  const pages = [];
  for (let cursor; ;) {
    const page = await bucket.list({ ...options, cursor });
    pages.push([page.objects.map((each) => each.key), page.delimitedPrefixes]);
    if (!page.truncated) return pages;
    cursor = page.cursor;
  }
};
const FIVE = 5 * 1024 * 1024;
const filled = (size, byte) => new Uint8Array(size).fill(byte);
const digest = async (name, text) => crypto.subtle.digest(name, new TextEncoder().encode(text));
const LONG = 'k'.repeat(1024);
const at = (ms) => new Date(Date.now() + ms);

export const steps = {
  'get of nothing': (b) => b.get('nothing'),
  'head of nothing': (b) => b.head('nothing'),
  'delete of nothing': async (b) => (await b.delete('nothing'), 'done'),
  'put text': async (b) => shown(await b.put('text', 'hello world')),
  'get text': async (b) => read(await b.get('text')),
  'head text': async (b) => shown(await b.head('text')),
  'shape of get': async (b) => { const got = await b.get('text'); await got.text(); return shown(got); },
  'storage class': async (b) => (await b.head('text')).storageClass,
  'put nothing': async (b) => shown(await b.put('empty', null)),
  'get nothing': async (b) => read(await b.get('empty')),
  'put bytes': async (b) => shown(await b.put('bytes', filled(1000, 7))),
  'put a view': async (b) => { await b.put('view', filled(10, 65).subarray(2, 5)); return read(await b.get('view')); },
  'put a blob': async (b) => { await b.put('blob', new Blob(['a', 'bc'])); return read(await b.get('blob')); },
  'put a stream': async (b) => { await b.put('stream', new Response('streamed').body); return read(await b.get('stream')); },
  'put a stream of unknown length': (b) => b.put('stream', new ReadableStream({ start(c) { c.enqueue(filled(1, 1)); c.close(); } })),
  'replace': async (b) => { await b.put('text', 'second'); return read(await b.get('text')); },
  'another version': async (b) => { const one = await b.head('text'); const two = await b.put('text', 'second'); return one.version !== two.version; },
  'key of any text': async (b) => { await b.put('å/\\u{1f600} %2F?#&"', 'odd'); return [await read(await b.get('å/\\u{1f600} %2F?#&"')), (await b.list({ prefix: 'å' })).objects[0].key]; },
  'longest key': async (b) => { await b.put(LONG, 'x'); const got = await read(await b.get(LONG)); await b.delete(LONG); return got; },
  'key too long': (b) => b.put(LONG + 'k', 'x'),
  'key too long in bytes': (b) => b.put('é'.repeat(513), 'x'),

  'http metadata': async (b) => {
    await b.put('meta', 'x', { httpMetadata: { contentType: 'text/x', contentLanguage: 'de', contentDisposition: 'inline', contentEncoding: 'gzip', cacheControl: 'no-store', cacheExpiry: new Date(1e12) } });
    const got = await b.head('meta'); const headers = new Headers(); got.writeHttpMetadata(headers); return [shown(got), [...headers]];
  },
  'http metadata from headers': async (b) => {
    await b.put('meta', 'x', { httpMetadata: new Headers({ 'content-type': 'text/y', 'expires': 'Sun, 09 Sep 2001 01:46:40 GMT' }) }); return shown(await b.head('meta'));
  },
  'custom metadata': async (b) => { await b.put('custom', 'x', { customMetadata: { a: '1', 'Ünï': 'cödé', empty: '' } }); return shown(await b.head('custom')); },
  'put answers its metadata': async (b) => shown(await b.put('custom', 'x', { customMetadata: { a: '1' }, httpMetadata: { contentType: 'a/b' } })),
  'most custom metadata': async (b) => { await b.put('custom', 'x', { customMetadata: { a: 'v'.repeat(8191) } }); return (await b.head('custom')).customMetadata.a.length; },
  'too much custom metadata': (b) => b.put('custom', 'x', { customMetadata: { a: 'v'.repeat(8192) } }),

  'md5': async (b) => shown(await b.put('sum', 'x', { md5: '9dd4e461268c8034f5c8564e155c67a6' })),
  'md5 wrong': (b) => b.put('sum', 'y', { md5: '9dd4e461268c8034f5c8564e155c67a6' }).catch((e) => /checksum.*10037/s.test(e.message)),
  'after a wrong checksum': async (b) => read(await b.get('sum')),
  'sha1': async (b) => { await b.put('sum', 'x', { sha1: await digest('SHA-1', 'x') }); return shown(await b.head('sum')); },
  'sha256': async (b) => { await b.put('sum', 'x', { sha256: await digest('SHA-256', 'x') }); return shown(await b.head('sum')); },
  'sha384': async (b) => { await b.put('sum', 'x', { sha384: await digest('SHA-384', 'x') }); return shown(await b.head('sum')); },
  'sha512': async (b) => { await b.put('sum', 'x', { sha512: await digest('SHA-512', 'x') }); return shown(await b.head('sum')); },
  'sha512 wrong': async (b) => b.put('sum', 'y', { sha512: await digest('SHA-512', 'x') }).catch((e) => /checksum.*10037/s.test(e.message)),
  'two checksums': async (b) => b.put('sum', 'x', { md5: '9dd4e461268c8034f5c8564e155c67a6', sha1: await digest('SHA-1', 'x') }),

  'ranges': async (b) => {
    await b.put('range', '0123456789'); const out = [];
    for (const range of [{}, { offset: 0 }, { offset: 3 }, { length: 4 }, { offset: 2, length: 3 }, { offset: 8, length: 10 }, { suffix: 3 }, { suffix: 99 }]) {
      const got = await b.get('range', { range }); out.push([await got.text(), got.range, got.size]);
    }
    return out;
  },
  'offset at the end': (b) => b.get('range', { range: { offset: 10 } }).catch((e) => e.message.includes('10039')),
  'offset past the end': (b) => b.get('range', { range: { offset: 11 } }).catch((e) => e.message.includes('10039')),
  'no length': (b) => b.get('range', { range: { length: 0 } }).catch((e) => e.message.includes('10039')),
  'no suffix': (b) => b.get('range', { range: { suffix: 0 } }).catch((e) => e.message.includes('10039')),
  'range of an empty object': (b) => b.get('empty', { range: { offset: 0 } }).catch((e) => e.message.includes('10039')),
  'range headers': async (b) => {
    const out = [];
    for (const range of ['bytes=0-3', 'bytes=4-', 'bytes=-2', 'bytes=2-99', 'bytes=-99', 'bytes=0-1,4-5', 'bytes=x-y', 'items=0-1', 'bytes=5-2', '']) {
      const got = await b.get('range', { range: new Headers(range ? { range } : {}) }); out.push([range, await got.text(), got.range.offset, got.range.length]);
    }
    return out;
  },

  'get if': async (b) => {
    const { etag } = await b.put('if', 'x'); const out = [];
    for (const onlyIf of [{ etagMatches: etag }, { etagMatches: 'no' }, { etagDoesNotMatch: etag }, { etagDoesNotMatch: 'no' }, { etagMatches: '*' }, { etagDoesNotMatch: '*' },
      { uploadedBefore: at(-60_000) }, { uploadedBefore: at(60_000) }, { uploadedAfter: at(-60_000) }, { uploadedAfter: at(60_000) },
      { etagMatches: etag, uploadedBefore: at(-60_000) }, { etagDoesNotMatch: 'no', uploadedAfter: at(60_000) }, { etagDoesNotMatch: etag, uploadedAfter: at(-60_000) }, { etagMatches: 'no', uploadedBefore: at(60_000) }])
      out.push(await read(await b.get('if', { onlyIf })));
    return out;
  },
  'get if, by headers': async (b) => {
    const { httpEtag } = await b.head('if'); const out = [];
    for (const onlyIf of [{ 'if-match': httpEtag }, { 'if-match': '"no", ' + httpEtag }, { 'if-match': 'W/' + httpEtag }, { 'if-none-match': httpEtag }, { 'if-none-match': 'W/' + httpEtag }, { 'if-none-match': '"no"' }, { 'if-none-match': '*' },
      { 'if-modified-since': at(-60_000).toUTCString() }, { 'if-modified-since': at(60_000).toUTCString() }, { 'if-unmodified-since': at(-60_000).toUTCString() }, { 'if-unmodified-since': at(60_000).toUTCString() }])
      out.push(await read(await b.get('if', { onlyIf: new Headers(onlyIf) })));
    return out;
  },
  'dates before 1970': async (b) => {
    await b.put('old', 'x', { httpMetadata: { cacheExpiry: new Date(-60_000) } });
    return [shown(await b.head('old')), await read(await b.get('old', { onlyIf: { uploadedAfter: new Date(-60_000) } })), await read(await b.get('old', { onlyIf: { uploadedBefore: new Date(-60_000) } }))];
  },
  'put if': async (b) => {
    const { etag } = await b.put('if', 'x'); const out = [];
    for (const onlyIf of [{ etagMatches: 'no' }, { etagMatches: etag }, { etagDoesNotMatch: '*' }, { uploadedBefore: at(-60_000) }, { uploadedAfter: at(-60_000) }])
      out.push(shown(await b.put('if', 'y', { onlyIf })));
    return out;
  },
  'put if there is none': async (b) => {
    const out = [];
    for (const onlyIf of [{ etagMatches: '*' }, { etagMatches: 'no' }, { uploadedAfter: at(-60_000) }, { etagDoesNotMatch: '*' }, { etagDoesNotMatch: '*' }]) out.push(shown(await b.put('fresh', 'y', { onlyIf })));
    await b.delete('fresh');
    for (const onlyIf of [{ uploadedBefore: at(-60_000) }]) out.push(shown(await b.put('fresh', 'y', { onlyIf })));
    return out;
  },
  'get if, of nothing': (b) => b.get('nothing', { onlyIf: { etagMatches: '*' } }),

  'list': async (b) => {
    for (const { key } of (await b.list()).objects) await b.delete(key);
    for (const key of ['a', 'b/1', 'b/2', 'b/c/3', 'B', 'd', 'é/1', 'z/1', 'b-', 'b0']) await b.put(key, key, { customMetadata: { key }, httpMetadata: { contentType: 'x/' + encodeURIComponent(key) } });
    return listed(await b.list());
  },
  'list by prefix': async (b) => [listed(await b.list({ prefix: 'b' })), listed(await b.list({ prefix: 'b/' })), listed(await b.list({ prefix: 'nothing' })), listed(await b.list({ prefix: 'é' }))],
  'list by delimiter': async (b) => [listed(await b.list({ delimiter: '/' })), listed(await b.list({ prefix: 'b/', delimiter: '/' })), listed(await b.list({ delimiter: '' }))],
  'list by a long delimiter': async (b) => listed(await b.list({ delimiter: '/c/' })),
  'list after': async (b) => [listed(await b.list({ startAfter: 'b/1' })), listed(await b.list({ startAfter: 'b/1', prefix: 'b/' })), listed(await b.list({ startAfter: 'zz' }))],
  'list in pages': async (b) => all(b, { limit: 3 }),
  'list in pages by prefix': async (b) => all(b, { limit: 1, prefix: 'b' }),
  'list what is there of it': async (b) => { const page = await b.list({ include: ['customMetadata'] }); return page.objects.map((each) => [each.customMetadata, each.httpMetadata]); },
  'list with everything': async (b) => { const page = await b.list({ include: ['customMetadata', 'httpMetadata'] }); return page.objects.map((each) => [each.customMetadata, each.httpMetadata]); },
  'list of none': (b) => b.list({ limit: 0 }),
  'list of too many': (b) => b.list({ limit: 1001 }),
  'delete some': async (b) => { await b.delete(['a', 'd', 'nothing']); return listed(await b.list()); },
  'delete none': async (b) => { await b.delete([]); return listed(await b.list()); },

  'multipart': async (b) => {
    const upload = await b.createMultipartUpload('multi', { customMetadata: { a: '1' }, httpMetadata: { contentType: 'm/p' } });
    const resumed = b.resumeMultipartUpload('multi', upload.uploadId);
    const two = await resumed.uploadPart(2, filled(FIVE, 2)), one = await upload.uploadPart(1, filled(FIVE, 1)), three = await upload.uploadPart(3, 'the end');
    const there = await b.head('multi');
    const done = await upload.complete([two, one, three]);
    const middle = await b.get('multi', { range: { offset: FIVE - 2, length: 4 } });
    const end = await b.get('multi', { range: { suffix: 9 } });
    return [there, [one.partNumber, two.partNumber, three.partNumber], shown(done), [...new Uint8Array(await middle.arrayBuffer())], [...new Uint8Array(await end.arrayBuffer())], shown(await b.head('multi'))];
  },
  'whole multipart': async (b) => { const bytes = new Uint8Array(await (await b.get('multi')).arrayBuffer()); return [bytes.length, bytes[0], bytes[FIVE], bytes.at(-1)]; },
  'parts replaced and left out': async (b) => {
    const upload = await b.createMultipartUpload('parts'); await upload.uploadPart(1, 'old'); const one = await upload.uploadPart(1, 'new'); await upload.uploadPart(2, 'out');
    await upload.complete([one]); return read(await b.get('parts'));
  },
  'one part of its own number': async (b) => { const upload = await b.createMultipartUpload('parts'); const part = await upload.uploadPart(7, 'seven'); await upload.complete([part]); return read(await b.get('parts')); },
  'no parts': async (b) => { const upload = await b.createMultipartUpload('parts'); return shown(await upload.complete([])); },
  'part of another etag': async (b) => { const upload = await b.createMultipartUpload('parts'); await upload.uploadPart(1, 'x'); return upload.complete([{ partNumber: 1, etag: 'no' }]); },
  'part that is not there': async (b) => { const upload = await b.createMultipartUpload('parts'); await upload.uploadPart(1, 'x'); return upload.complete([{ partNumber: 2, etag: 'no' }]); },
  'parts too small': async (b) => { const upload = await b.createMultipartUpload('parts'); return upload.complete([await upload.uploadPart(1, 'x'), await upload.uploadPart(2, 'y')]); },
  'parts uneven': async (b) => {
    const upload = await b.createMultipartUpload('parts'); const parts = [await upload.uploadPart(1, filled(FIVE, 1)), await upload.uploadPart(2, filled(FIVE + 1, 1))];
    return upload.complete(parts).catch((e) => e.message.includes('10048'));
  },
  'complete twice': async (b) => { const upload = await b.createMultipartUpload('parts'); const parts = [await upload.uploadPart(1, 'x')]; await upload.complete(parts); return upload.complete(parts); },
  'part after the end': async (b) => { const upload = await b.createMultipartUpload('parts'); await upload.complete([await upload.uploadPart(1, 'x')]); return upload.uploadPart(2, 'y'); },
  'abort': async (b) => { const upload = await b.createMultipartUpload('gone'); await upload.uploadPart(1, 'x'); await upload.abort(); await upload.abort(); return [await b.head('gone'), await upload.uploadPart(2, 'y').catch((e) => e.message)]; },
  'part of another key': async (b) => { const upload = await b.createMultipartUpload('one-key'); return b.resumeMultipartUpload('another', upload.uploadId).uploadPart(1, 'x'); },
  'part of no number': async (b) => { const upload = await b.createMultipartUpload('parts'); return upload.uploadPart(0, 'x'); },
  'read while it is replaced': async (b) => { await b.put('busy', filled(3_000_000, 1)); const got = await b.get('busy'); await b.put('busy', 'short'); return [(await got.arrayBuffer()).byteLength, await read(await b.get('busy'))]; },
};

export default {
  async fetch(request, env) {
    const out = {};
    for (const [name, step] of Object.entries(steps)) out[name] = await step(env.BUCKET).then((value) => value ?? null, (error) => ({ error: error.message }));
    return Response.json(out);
  },
};`;
