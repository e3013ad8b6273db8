import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { capnpString } from './capnp-text.ts';
import { aWorkbench, ask } from './workbench.ts';
import { VersionProcess } from './version-process.ts';

test('quotes, backslashes and control characters are escaped, the rest stands as it is', () => {
  assert.equal(capnpString('a "b" \\ é 🎈\n\0'), '"a \\"b\\" \\\\ é 🎈\\n\\x00"');
});

test('[X-1] every text reaches the Worker as it was given, whatever is in it', async (t) => {
  const bench = await aWorkbench(t);
  const anyText = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom('"', '\\', '\n', '\0', ')', ';', '#', 'é', '🎈', 'x41', '\u2028') }),
  );
  const texts = fc.sample(anyText, 300);
  const bindings = texts.map((text, index) => ({ type: 'plain_text' as const, name: `T${index}`, text }));
  const spec = await bench.aVersion({ 'index.js': 'export default { fetch: (_, env) => Response.json(env) };' }, { bindings });
  await using process = await VersionProcess.start(spec, bench);
  const seen = JSON.parse(await ask(process.socketPath)) as Record<string, string>;
  for (const { name, text } of bindings) assert.equal(seen[name], text.toWellFormed());
});
