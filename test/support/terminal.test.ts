import assert from 'node:assert/strict';
import test from 'node:test';
import { terminal } from './terminal.ts';

const ASKS_TWICE = `
  const readline = require('node:readline/promises').createInterface({ input: process.stdin, output: process.stdout });
  (async () => {
    const first = await readline.question('How much? ');
    const second = await readline.question('How much? ');
    console.log('\\u001B[31mTotal', Number(first) + Number(second), process.stdout.isTTY, '\\u001B[0m');
    process.exit(7);
  })();
`;

const inTerminal = (script: string, timeoutMs = 10_000) =>
  terminal(process.execPath, ['-e', script], { cwd: import.meta.dirname, env: { PATH: process.env.PATH ?? '' }, timeoutMs });

test('a question that is asked twice is waited for twice, and the command ends with its own code', async () => {
  await using session = inTerminal(ASKS_TWICE);
  await session.waitFor('How much? ');
  session.type('90');
  session.press('enter');
  await session.waitFor(/How much\? /);
  session.type('10');
  session.press('enter');
  await session.waitFor('Total 100 true');
  assert.equal(await session.exit, 7);
});

test('what does not come before the end, or in time, fails with the screen in the message', async () => {
  await using ended = inTerminal("console.log('Nothing to deploy')");
  await assert.rejects(ended.waitFor('Deployed'), /ended before Deployed[^]*Nothing to deploy/);
  await using waiting = inTerminal("console.log('Thinking'); setInterval(() => {}, 1000)", 500);
  await assert.rejects(waiting.waitFor('Deployed'), /500 ms without Deployed[^]*Thinking/);
});
