import assert from 'node:assert/strict';
import test from 'node:test';
import { aBody, aField, aFile, EDGE, formType, readBack, recorded } from './test-kit.ts';

const accepted = async (...given: Parameters<typeof readBack>) => {
  const read = await readBack(...given);
  assert.ok(read.ok, JSON.stringify(read));
  return read.value;
};

const SDK_BINDINGS = [
  { type: 'plain_text', name: 'GREETING', text: 'true' },
  { type: 'plain_text', name: 'COUNT', text: '42' },
  { type: 'json', name: 'SETTINGS', json: { open: true, most: 3, names: ['a', 'b'], ratio: 0.5 } },
  { type: 'secret_text', name: 'TOKEN', text: 'null' },
  { type: 'version_metadata', name: 'VERSION' },
  { type: 'ratelimit', name: 'LIMIT', namespace_id: '1001', simple: { limit: 100, period: 60 } },
];
const SDK_FILES = [
  {
    field: 'files[]',
    filename: 'index.mjs',
    contentType: 'application/javascript+module',
    text: 'export default { fetch: (_, env) => new Response(env.GREETING) };\n',
  },
  { field: 'files[]', filename: 'note.txt', contentType: 'text/plain', text: 'a note: \xc3\xa9\n' },
];

test("wrangler's bundle is read with its modules byte for byte", async () => {
  const body = recorded('wrangler-deploy');
  const form = await accepted(formType(body), body);
  assert.deepEqual(form.metadata, {
    main_module: 'index.js',
    bindings: [
      { name: 'GREETING', type: 'plain_text', text: 'hello' },
      { name: 'LIMITS', type: 'json', json: { most: 3, open: true } },
    ],
    compatibility_date: '2026-11-01',
    compatibility_flags: ['nodejs_compat'],
    keep_bindings: ['secret_text', 'secret_key'],
  });
  assert.deepEqual(
    form.files.map(({ filename, contentType }) => [filename, contentType]),
    [
      ['index.js', 'application/javascript+module'],
      ['./9923f209ab2f6c86742437ce5ac68785cfe3446f-note.txt', 'text/plain'],
      ['./0d59c41de88564a5bc03dad4b5eee10ce0830eda-bytes.bin', 'application/octet-stream'],
      ['./c6006650182737e2b09bada7fc0774812b802917-add.wasm', 'application/wasm'],
      ['index.js.map', 'application/source-map'],
    ],
  );
  assert.equal(form.files[2]?.text, '\r\n--almost\r\n\0\xff\r\n--\r');
  assert.equal(form.files[3]?.text, '\0asm\x01\0\0\0');
});

test("wrangler's unbundled modules keep their paths", async () => {
  const body = recorded('wrangler-no-bundle');
  const form = await accepted(formType(body), body);
  assert.deepEqual(
    form.files.map(({ filename, contentType }) => [filename, contentType]),
    [
      ['index.mjs', 'application/javascript+module'],
      ['lib/c.cjs', 'application/javascript'],
      ['lib/x.mjs', 'application/javascript+module'],
    ],
  );
});

test("wrangler's service worker names its script in the metadata", async () => {
  const body = recorded('wrangler-service-worker');
  const form = await accepted(formType(body), body);
  assert.equal((form.metadata as { body_part: string }).body_part, 'old.js');
  assert.deepEqual(
    form.files.map(({ filename, contentType }) => [filename, contentType]),
    [
      ['old.js', 'application/javascript'],
      ['old.js.map', 'application/source-map'],
    ],
  );
});

test('the metadata may come after the modules', async () => {
  const form = await accepted(EDGE, aBody(aFile('index.js', 'code'), aField('metadata', '{"main_module":"index.js"}')));
  assert.deepEqual(form.metadata, { main_module: 'index.js' });
  assert.equal(form.files[0]?.text, 'code');
});

test("wrangler's patch of settings has a settings field and no files", async () => {
  const sent = new FormData();
  sent.set('settings', JSON.stringify({ bindings: [{ name: 'A', type: 'secret_text' }] }));
  const response = new Response(sent);
  const form = await accepted(response.headers.get('content-type') ?? '', Buffer.from(await response.arrayBuffer()));
  assert.deepEqual(form, { metadata: undefined, settings: { bindings: [{ name: 'A', type: 'secret_text' }] }, fields: {}, files: [] });
});

test('curl sends the metadata as a file', async () => {
  const body = recorded('curl');
  assert.deepEqual(await accepted(formType(body), body), {
    metadata: {
      main_module: 'index.js',
      compatibility_date: '2026-11-01',
      bindings: [{ type: 'plain_text', name: 'GREETING', text: 'hello' }],
    },
    fields: {},
    files: [
      {
        field: 'index.js',
        filename: 'index.js',
        contentType: 'application/javascript+module',
        text: "export default { fetch: () => new Response('by curl') };\n",
      },
    ],
  });
});

test("the SDK's bracketed form becomes the object that was given, also under the media type of JavaScript", async () => {
  const body = recorded('sdk-update');
  const form = await accepted('application/javascript', body);
  assert.deepEqual(form.metadata, {
    main_module: 'index.mjs',
    compatibility_date: '2026-11-01',
    compatibility_flags: ['nodejs_compat', 'no_global_navigator'],
    bindings: SDK_BINDINGS,
    keep_bindings: ['secret_text'],
    annotations: { 'workers/message': 'first one', 'workers/tag': '1' },
    logpush: false,
    keep_assets: false,
    limits: { cpu_ms: 50 },
    observability: { enabled: true, head_sampling_rate: 0.25, logs: { enabled: true, invocation_logs: false } },
    placement: { mode: 'smart' },
    tags: ['1', 'b'],
    usage_model: 'standard',
  });
  assert.deepEqual(form.files, SDK_FILES);
});

test("the SDK's versions, content and settings are read the same way", async () => {
  const [version, content, settings] = [recorded('sdk-version'), recorded('sdk-content'), recorded('sdk-settings')];
  const uploaded = await accepted(formType(version), version);
  assert.deepEqual(uploaded.metadata, {
    main_module: 'index.mjs',
    bindings: SDK_BINDINGS.slice(0, 2),
    annotations: { 'workers/tag': 'v2' },
  });
  assert.deepEqual(uploaded.files, SDK_FILES);
  assert.deepEqual((await accepted(formType(content), content)).metadata, { main_module: 'index.mjs' });
  assert.deepEqual(await accepted(formType(settings), settings), {
    metadata: undefined,
    settings: {
      bindings: [
        { type: 'plain_text', name: 'GREETING', text: 'hi' },
        { type: 'secret_text', name: 'TOKEN', text: 's' },
      ],
      logpush: true,
      observability: { enabled: true, head_sampling_rate: 1 },
    },
    fields: {},
    files: [],
  });
});

test('a raw JavaScript body is the script, and its media type tells its syntax', async () => {
  const code = "addEventListener('fetch', (event) => event.respondWith(new Response('raw')));";
  for (const contentType of ['application/javascript', 'text/javascript; charset=utf-8', 'application/javascript+module']) {
    const form = await accepted(contentType, Buffer.from(code), [7]);
    assert.deepEqual(form, { metadata: undefined, fields: {}, files: [], script: code });
  }
});

test('JavaScript that begins with two dashes is still JavaScript', async () => {
  const code = '--counter\r\nvar Content, Disposition;';
  assert.equal((await accepted('application/javascript', Buffer.from(code))).script, code);
});

test('a module without a filename is told from a field by its media type', async () => {
  const module = 'Content-Disposition: form-data; name="index.js"\r\nContent-Type: application/javascript+module\r\n\r\ncode';
  const form = await accepted(EDGE, aBody(module, aField('note', 'a field')));
  assert.deepEqual(form.fields, { note: 'a field' });
  assert.equal(form.files[0]?.filename, 'index.js');
});

test('names keep quotes, backslash escapes, accents and line-free RFC 5987 forms as each client writes them', async () => {
  const names: readonly (readonly [string, string])[] = [
    ['name="a%22b.js"; filename="a%22b.js"', 'a"b.js'],
    ['name="a\\"b.js"; filename="a\\"b.js"', 'a"b.js'],
    ['name="é.js"; filename="é.js"', 'é.js'],
    ['name="files"; filename*=utf-8\'\'%C3%A9.js', 'é.js'],
    ['name=bare.js; filename=bare.js', 'bare.js'],
    ['filename="swapped.js"; name="swapped.js"', 'swapped.js'],
    ['name="100%.js"; filename="100%.js"', '100%.js'],
  ];
  for (const [parameters, filename] of names) {
    const part = `content-disposition: form-data; ${parameters}\r\ncontent-type: application/javascript+module\r\n\r\ncode`;
    assert.equal((await accepted(EDGE, aBody(part))).files[0]?.filename, filename, parameters);
  }
});

test('a preamble and an epilogue are no part of the form', async () => {
  const body = Buffer.concat([Buffer.from('to be ignored\r\n'), aBody(aFile('index.js', '')), Buffer.from('this too\r\n--edge\r\n')]);
  const form = await accepted(EDGE, body);
  assert.deepEqual(
    form.files.map(({ filename, text }) => [filename, text]),
    [['index.js', '']],
  );
});
