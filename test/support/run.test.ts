import assert from 'node:assert/strict';
import test from 'node:test';
import { refused, run, type RunOptions, succeeded } from './run.ts';

const options: RunOptions = { cwd: import.meta.dirname, env: { PATH: process.env.PATH ?? '' } };
const node = (script: string, more: Partial<RunOptions> = {}) => run(process.execPath, ['-e', script], { ...options, ...more });

test('a command is answered with its code and with both outputs, plain and in order', async () => {
  const ran = await node(
    "process.stdout.write('\\u001B[32mone\\u001B[0m '); setTimeout(() => { process.stderr.write('two'); process.exit(3); }, 50)",
  );
  assert.deepEqual([ran.code, ran.stdout, ran.stderr, ran.combined], [3, 'one ', 'two', 'one two']);
  assert.throws(() => succeeded(ran), /ended with code 3[^]*one two/);
  assert.equal(refused(ran), ran);
});

test('the input reaches the command', async () => {
  const ran = succeeded(await node('process.stdin.pipe(process.stdout)', { input: 'secret\n' }));
  assert.equal(ran.stdout, 'secret\n');
  assert.throws(() => refused(ran), /was to fail/);
});

test('a command that does not end is killed with everything it started, and its output is shown', async () => {
  // The second process holds the same output open: while it lived, the first would not count as ended.
  const second = "console.log('still here'); setInterval(() => {}, 1000)";
  const script = `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(second)}], { stdio: 'inherit' }); setInterval(() => {}, 1000)`;
  await assert.rejects(node(script, { timeoutMs: 1500 }), /did not end within 1500 ms[^]*still here/);
});
