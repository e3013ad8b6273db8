/** What real wrangler makes of a project's files, and how the runtime loads them. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test, { after } from 'node:test';
import { makeProject } from '../support/project.ts';
import { refused, succeeded } from '../support/run.ts';
import { startServer } from '../support/server.ts';

const server = await startServer();
after(() => server[Symbol.asyncDispose]());

type Files = Readonly<Record<string, string | Buffer>>;

/** A project of these files; `src/index.js` is where it starts unless the configuration says otherwise. */
const projectOf = (name: string, files: Files, config: Readonly<Record<string, unknown>> = {}): string => {
  const dir = makeProject({ dir: server.projectFolder(name), name, code: String(files['src/index.js'] ?? ''), config, format: 'jsonc' });
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), content);
  }
  return dir;
};
const deployed = async (name: string, files: Files, config: Readonly<Record<string, unknown>> = {}): Promise<string> => {
  succeeded(await server.client('4.164', ['deploy'], { project: projectOf(name, files, config) }));
  return (await server.visit(name)).text;
};
const refusedWords = async (name: string, files: Files, config: Readonly<Record<string, unknown>> = {}): Promise<string> =>
  refused(await server.client('4.164', ['deploy'], { project: projectOf(name, files, config) })).combined;

/** (module (func (export "answer") (result i32) i32.const 42)) */
const WASM = Buffer.from('0061736d010000000105016000017f03020100070a0106616e7377657200000a06010400412a0b', 'hex');

test('[X-19] --no-bundle uploads a tree of files as modules of every kind, which import one another by their paths', async () => {
  const rules = [
    { type: 'ESModule', globs: ['**/*.js'] },
    { type: 'CommonJS', globs: ['**/*.cjs'] },
    { type: 'Text', globs: ['**/*.html'], fallthrough: true },
  ];
  const text = await deployed(
    'tree',
    {
      'src/index.js': `
        import { greet } from './lib/greet.js';
        import common from './lib/deep/common.cjs';
        import page from './pages/page.html';
        import wasm from './answer.wasm';
        import bytes from './bytes.bin';
        export default {
          async fetch() {
            const { exports } = await WebAssembly.instantiate(wasm);
            const later = await import('./lib/later.js');
            return Response.json([greet(), common.name, page, exports.answer(), [...new Uint8Array(bytes)], later.default]);
          },
        };`,
      'src/lib/greet.js': "import { hello } from './deep/hello.js'; export const greet = () => hello + '!';",
      'src/lib/deep/hello.js': "export const hello = 'hello';",
      'src/lib/deep/common.cjs': "module.exports = { name: 'common' };",
      'src/lib/later.js': "export default 'later';",
      'src/pages/page.html': '<p>café</p>',
      'src/answer.wasm': WASM,
      'src/bytes.bin': Buffer.from([0, 255, 128]),
    },
    { no_bundle: true, rules },
  );
  assert.deepEqual(JSON.parse(text), ['hello!', 'common', '<p>café</p>', 42, [0, 255, 128], 'later']);
});

test('a service worker gets its WebAssembly, texts and bytes as global variables', async () => {
  const text = await deployed(
    'blobs',
    {
      'src/index.js': `addEventListener('fetch', (event) => event.respondWith(answer()));
        const answer = async () => {
          const { exports } = await WebAssembly.instantiate(ANSWER);
          return Response.json([exports.answer(), PAGE, [...new Uint8Array(BYTES)], typeof SHAPES === 'object' ? SHAPES.round : SHAPES]);
        };`,
      'answer.wasm': WASM,
      'page.txt': 'a page',
      'bytes.bin': Buffer.from([1, 254]),
    },
    {
      wasm_modules: { ANSWER: 'answer.wasm' },
      text_blobs: { PAGE: 'page.txt' },
      data_blobs: { BYTES: 'bytes.bin' },
      vars: { SHAPES: { round: true } },
    },
  );
  assert.deepEqual(JSON.parse(text), [42, 'a page', [1, 254], true]);
});

test('[X-14] a script that throws at start is refused with its message at the line of its source, and traffic stays', async () => {
  const throwing = `interface Shape { sides: number }
const shapes: Shape[] = [];
export default { fetch: () => new Response('never') };
function largest(): Shape {
  throw new Error('there is no largest of ' + shapes.length);
}
largest();
`;
  const config = { main: 'src/index.ts', upload_source_maps: true };
  assert.equal(await deployed('sturdy', { 'src/index.ts': "export default { fetch: () => new Response('fine') };\n" }, config), 'fine');
  const said = await refusedWords('sturdy', { 'src/index.ts': throwing }, config);
  assert.match(said, /there is no largest of 0/);
  assert.match(said, /index\.ts:5/);
  assert.match(said, /10021/);
  assert.equal((await server.visit('sturdy')).text, 'fine');
});

const NODE_TYPES = `import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
export default {
  fetch: () => Response.json([createHash('sha1').update(Buffer.from('a')).digest('hex').slice(0, 4), typeof globalThis.Buffer, typeof globalThis.process]),
};`;

const compat = (compatibility_date: string) => ({ no_bundle: true, compatibility_date, compatibility_flags: ['nodejs_compat'] });

test("nodejs_compat brings Node's modules, and its globals from the date on at which they came", async () => {
  const files = { 'src/index.js': NODE_TYPES };
  assert.deepEqual(JSON.parse(await deployed('node-early', files, compat('2024-09-22'))), ['86f7', 'undefined', 'undefined']);
  assert.deepEqual(JSON.parse(await deployed('node-late', files, compat('2024-09-23'))), ['86f7', 'function', 'object']);
});

test('without nodejs_compat a module of Node is refused by its name', async () => {
  const said = await refusedWords('node-off', { 'src/index.js': NODE_TYPES }, { no_bundle: true });
  assert.match(said, /No such module "node:buffer"|node:buffer/);
  assert.match(said, /10021/);
});

test('[X-16] a compatibility date or flag that the runtime does not have is refused', async () => {
  const files = { 'src/index.js': "export default { fetch: () => new Response('never') };" };
  assert.match(await refusedWords('future', files, { compatibility_date: '2999-01-01' }), /2999-01-01[^]*10021/);
  assert.match(await refusedWords('flagged', files, { compatibility_flags: ['no_such_flag'] }), /no_such_flag[^]*10021/);
});

test('[V-9] a Python Worker, and a binding that is not supported, are refused by name', async () => {
  const python = {
    'src/entry.py':
      'from workers import Response, WorkerEntrypoint\n\nclass Default(WorkerEntrypoint):\n    async def fetch(self, request):\n        return Response("hello")\n',
  };
  const said = await refusedWords('snake', python, {
    main: 'src/entry.py',
    compatibility_flags: ['python_workers'],
    compatibility_date: '2025-09-01',
  });
  assert.match(said, /Python Workers are not supported/);
  const bucket = { analytics_engine_datasets: [{ binding: 'NUMBERS', dataset: 'numbers' }] };
  assert.match(await refusedWords('counting', { 'src/index.js': 'export default { fetch() {} };' }, bucket), /NUMBERS[^]*analytics_engine/);
});
