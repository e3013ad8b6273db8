import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { globSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test from 'node:test';
import { fencesOf, isCommand, stepsOf, type Step } from './support/fences.ts';
import { Story } from './support/story.ts';

const root = dirname(import.meta.dirname);
const DOCUMENTS = ['README.md', ...globSync('docs/**/*.md', { cwd: root })];

/** Commands that no test can run as they stand, and why. */
const NOT_RUN: Readonly<Record<string, string>> = {
  'npm create cloudflare@latest -- my-worker --type=hello-world --lang=js --no-deploy --no-git':
    'It installs the newest release from the registry; the end-to-end tests drive a pinned one.',
  'npx wrangler@3.34.2 versions upload --experimental-gradual-rollouts':
    'It installs from the registry; the end-to-end tests drive the same client from test/clients.',
  'switchback wrangler tail hello --status error --version-id $B': 'It runs until Ctrl-C; test/e2e/tail.test.ts runs it.',
  'npm install cloudflare': 'It installs from the registry; the copy in test/clients takes its place below.',
};

/** Programs a reader has and a bare machine may not; the product itself needs none of them. */
const missing = ['bash', 'curl', 'openssl', 'awk'].filter((program) => {
  try {
    return execFileSync('sh', ['-c', `command -v ${program}`]).length === 0;
  } catch {
    return true;
  }
});

/** `npm start` would install anew where the lock file has changed, under the feet of everything that runs here. */
const isInstalled = (): boolean => {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  return readFileSync(join(root, 'node_modules', '.switchback-stamp'), 'utf8').startsWith(lock);
};

const steps = DOCUMENTS.flatMap((document) => stepsOf(fencesOf(join(root, document))));
const storyOf = ({ marks }: Step): string | undefined => marks['test'];
const isRun = ({ text }: Step): boolean => !(text in NOT_RUN);

/** What comes before a story's first step: the tutorials of others that it stands on. */
const PREPARE: Readonly<Record<string, (story: Story) => void>> = {
  'switchback link': (story) => {
    // `npm install` of the packages a project has: its own wrangler, and the SDK.
    const packages = join(story.cwd, 'node_modules');
    mkdirSync(join(packages, '.bin'), { recursive: true });
    symlinkSync(join(root, 'node_modules', '.bin', 'wrangler'), join(packages, '.bin', 'wrangler'));
    symlinkSync(join(root, 'test', 'clients', 'node_modules', 'cloudflare'), join(packages, 'cloudflare'));
  },
};

for (const name of new Set(steps.map(storyOf).filter((story) => story !== undefined))) {
  const skip = missing.length > 0 && `${missing.join(' and ')} is not installed on this machine`;
  test(`the commands of the story "${name}" do what the documents show`, { skip, timeout: 600_000 }, async (t) => {
    assert.ok(isInstalled(), 'The packages are not those of the lock file: run npm test, which installs them first.');
    await using story = new Story();
    for (const step of steps.filter((one) => storyOf(one) === name && isRun(one))) {
      const [first = ''] = step.text.split('\n');
      PREPARE[first]?.(story);
      let isDone = false;
      await t.test(`line ${step.line}: ${first}`, async () => {
        await story.take(step);
        isDone = true;
      });
      // What follows stands on this step; its failures would only hide the first.
      if (!isDone) return;
    }
  });
}

test('every command in the documents is run, or listed here with the reason why not', () => {
  const commands = steps.filter(isCommand);
  assert.deepEqual(
    commands.filter((step) => isRun(step) && storyOf(step) === undefined).map(({ text, line }) => `line ${line}: ${text}`),
    [],
  );
  assert.deepEqual(
    Object.keys(NOT_RUN).filter((command) => !commands.some(({ text }) => text === command)),
    [],
  );
  assert.ok(Object.keys(NOT_RUN).length < 5, 'few commands may go unrun');
});
