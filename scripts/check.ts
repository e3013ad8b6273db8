/** Everything that can be said about the code without running the product: types, lint, format, architecture, rules. */
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { styleText } from 'node:util';

const root = dirname(import.meta.dirname);
const tool = (name: string): string => join(root, 'node_modules', '.bin', name);

const steps: readonly { readonly name: string; readonly command: readonly string[]; readonly remedy: string }[] = [
  { name: 'types', command: [tool('tsc'), '--noEmit'], remedy: '' },
  { name: 'types of the dashboard', command: [tool('tsc'), '--noEmit', '-p', 'src/dashboard/tsconfig.json'], remedy: '' },
  { name: 'lint', command: [tool('oxlint'), '--deny-warnings'], remedy: '' },
  { name: 'format', command: [tool('oxfmt'), '--check'], remedy: 'node_modules/.bin/oxfmt mends it.' },
  {
    name: 'architecture and rules',
    command: [process.execPath, '--test', 'test/architecture.test.ts', 'test/spec.test.ts'],
    remedy: '',
  },
  {
    name: 'lock file',
    command: [process.execPath, 'scripts/complete-lock.mjs', '--check'],
    remedy: 'node scripts/complete-lock.mjs completes it.',
  },
];

/** Runs one step with its output kept, and answers that output when it failed. */
const failureOf = async ([program, ...args]: readonly string[]): Promise<string | undefined> => {
  const child = spawn(program ?? '', args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const { promise, resolve, reject } = Promise.withResolvers<number | null>();
  child.on('error', reject).on('close', resolve);
  return (await promise) === 0 ? undefined : output.trimEnd();
};

for (const { name, command, remedy } of steps) {
  const startedAt = performance.now();
  const failure = await failureOf(command);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  if (failure === undefined) {
    console.log(`${styleText('green', '✔')} ${name}  ${styleText('dim', `${seconds} s`)}`);
  } else {
    console.log(`${styleText('red', '✖')} ${name}  ${seconds} s\n\n${failure}\n${remedy === '' ? '' : `${remedy}\n`}`);
    process.exitCode = 1;
  }
}
