/**
 * The walk-through of Cloudflare's page "Gradual Deployments" with the current wrangler, and every other command that has
 * to do with versions, deployments and secrets. The tests build on one another, as the steps of a person do.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { idAfter, idsIn, linesOf } from '../support/printed.ts';
import { answering, makeProject } from '../support/project.ts';
import { refused, succeeded } from '../support/run.ts';
import { startServer } from '../support/server.ts';

const server = await startServer();
after(() => server[Symbol.asyncDispose]());

const project = server.projectFolder('hello');
const write = (code: string, config = {}): string => makeProject({ dir: project, name: 'hello', code, config, format: 'jsonc' });
const outputFile = join(server.folder, 'wrangler.ndjson');
const attempt = (...args: string[]) => server.client('4.164', args, { project, more: { WRANGLER_OUTPUT_FILE_PATH: outputFile } });
const wrangler = async (...args: string[]): Promise<string> => succeeded(await attempt(...args)).combined;
const split = (one: string, percentageOfOne: number, two: string): Promise<string> =>
  wrangler(
    'versions',
    'deploy',
    `${one}@${percentageOfOne}`,
    `${two}@${100 - percentageOfOne}`,
    '--message',
    `${percentageOfOne} to ${100 - percentageOfOne}`,
    '-y',
  );

/** The last line of this type in wrangler's output file, which is meant for programs. */
const lastEntry = (type: string): Record<string, unknown> => {
  const lines = readFileSync(outputFile, 'utf8').trim().split('\n');
  const entry = lines.map((line) => JSON.parse(line) as Record<string, unknown>).findLast((candidate) => candidate['type'] === type);
  assert.ok(entry, `there is no ${type} in ${lines.join('\n')}`);
  return entry;
};

/** The two versions of the walk-through, once they are uploaded. */
let one = '';
let two = '';

test('`wrangler deploy` makes a Worker that answers, and tells programs what it made', async () => {
  write(answering('one'));
  const said = await wrangler('deploy');
  one = idAfter('Current Version ID:', said);
  assert.match(said, /Worker Startup Time: \d+ ms/);
  assert.match(said, /^ {2}hello\.switchback\.localhost$/m);
  assert.deepEqual(await server.tally('hello', 10), { one: 10 });

  const { version_id, worker_name, targets } = lastEntry('deploy');
  assert.deepEqual([version_id, worker_name, targets], [one, 'hello', ['hello.switchback.localhost']]);
});

test('[D-8] `versions upload` makes a version that gets no traffic, but answers at its own address and at its alias', async () => {
  write(answering('two'));
  const said = await wrangler('versions', 'upload', '--tag', 'v2', '--message', 'The second', '--preview-alias', 'next');
  two = idAfter('Worker Version ID:', said);
  assert.match(said, new RegExp(`Version Preview URL: https://${two.slice(0, 8)}-hello\\.switchback\\.localhost`));
  assert.match(said, /Version Preview Alias URL: https:\/\/next-hello\.switchback\.localhost/);
  const { version_id, worker_tag, preview_url } = lastEntry('version-upload');
  assert.deepEqual([version_id, said.includes(`Version Preview URL: ${preview_url}`)], [two, true]);
  assert.match(String(worker_tag), /^[0-9a-f]{32}$/);
  assert.deepEqual(await server.tally('hello', 10), { one: 10 });
  assert.equal((await server.visit(`${two.slice(0, 8)}-hello`)).text, 'two');
  assert.equal((await server.visit(`${one.slice(0, 8)}-hello`)).text, 'one');
  assert.equal((await server.visit('next-hello')).text, 'two');
});

test('`versions deploy` splits traffic: a loop of requests is answered by both versions in proportion', async () => {
  assert.match(await split(one, 80, two), /Deployed hello version .+ at 80% and version .+ at 20%/);
  const { deployments } = (await server.api('GET', 'workers/scripts/hello/deployments')) as { deployments: { id: string }[] };
  assert.equal(lastEntry('version-deploy')['deployment_id'], deployments[0]?.id);
  const { one: ones = 0, two: twos = 0 } = await server.tally('hello', 400);
  assert.equal(ones + twos, 400);
  // Eight standard deviations to either side of 80.
  assert.ok(twos > 16 && twos < 144, `two answered ${twos} of 400`);
});

test('[P-1] an override header chooses its version, at 0 % too, and a key always the same one', async () => {
  await split(one, 100, two);
  assert.deepEqual(await server.tally('hello', 20), { one: 20 });
  const overridden = await server.visit('hello', '/', { 'Cloudflare-Workers-Version-Overrides': `hello="${two}"` });
  assert.equal(overridden.text, 'two');
  assert.match(String(overridden.headers['switchback-version']), new RegExp(`^"${two}";reason=override;deployment="`));

  await split(one, 50, two);
  const answers = new Map<string, Set<string>>();
  for (const key of Array.from({ length: 60 }, (_, index) => `visitor-${index % 30}`)) {
    const { text } = await server.visit('hello', '/', { 'Cloudflare-Workers-Version-Key': key });
    answers.set(key, (answers.get(key) ?? new Set()).add(text));
  }
  assert.ok(
    [...answers.values()].every((texts) => texts.size === 1),
    'a key was answered by both versions',
  );
  assert.equal([...answers.values()].reduce((all, texts) => all.union(texts)).size, 2);
});

test('lists, status and views show versions and deployments with their tags, messages and author', async () => {
  const list = await wrangler('versions', 'list');
  assert.deepEqual(linesOf('Version ID', list), [one, two]);
  assert.deepEqual(linesOf('Tag', list), ['-', 'v2']);
  assert.deepEqual(linesOf('Message', list), ['-', 'The second']);
  assert.ok(
    linesOf('Author', list).every((author) => author.length > 1),
    list,
  );

  const view = await wrangler('versions', 'view', two);
  assert.deepEqual([linesOf('Version ID', view), linesOf('Tag', view), linesOf('Message', view)], [[two], ['v2'], ['The second']]);
  assert.match(view, /Compatibility Date: +2023-05-18/);
  assert.match(view, /Handlers: +fetch/);

  const deployments = await wrangler('deployments', 'list');
  assert.deepEqual(
    linesOf('Message', deployments).filter((message) => message.includes(' ')),
    ['Automatic deployment on upload.', '80 to 20', 'The second', '100 to 0', 'The second', '50 to 50', 'The second'],
  );
  const status = JSON.parse(await wrangler('deployments', 'status', '--json')) as {
    versions: unknown;
    annotations: Record<string, string>;
  };
  assert.equal(status.annotations['workers/message'], '50 to 50');
  assert.deepEqual(status.versions, [
    { version_id: one, percentage: 50 },
    { version_id: two, percentage: 50 },
  ]);
});

test('[R-1] `versions deploy` at 100 % moves all traffic, and `rollback` brings the earlier version back as a new deployment', async () => {
  await wrangler('versions', 'deploy', `${two}@100`, '-y');
  assert.deepEqual(await server.tally('hello', 20), { two: 20 });
  // The last deployment at 100 % before this one.
  assert.match(
    await wrangler('rollback', '--message', 'Too slow'),
    new RegExp(`Worker Version ${one} has been deployed to 100% of traffic`),
  );
  assert.deepEqual(await server.tally('hello', 20), { one: 20 });
  assert.match(await wrangler('deployments', 'status'), /Message: +Too slow/);
  await wrangler('rollback', two, '--message', 'Not at all');
  assert.deepEqual(await server.tally('hello', 20), { two: 20 });
});

test('a deployment is refused whose versions or percentages cannot be, and traffic stays', async () => {
  const unknown = '00000000-0000-4000-8000-000000000000';
  assert.match(
    refused(await attempt('versions', 'deploy', `${unknown}@100`, '-y')).combined,
    /was not found among the versions of this Worker/,
  );
  refused(await attempt('versions', 'deploy', `${one}@50`, `${two}@60`, '-y'));
  assert.deepEqual(await server.tally('hello', 10), { two: 10 });
});

test('`deploy --tag --message --var --strict` names its version, and warns of a split that it ends', async () => {
  await split(one, 50, two);
  write('export default { fetch(request, env) { return new Response(env.GREETING); } };\n');
  const said = await wrangler('deploy', '--tag', 'v3', '--message', 'The third', '--var', 'GREETING:hi');
  assert.match(said, /multiple versions/i);
  const view = await wrangler('versions', 'view', idAfter('Current Version ID:', said));
  assert.deepEqual([linesOf('Tag', view), linesOf('Message', view)], [['v3'], ['The third']]);
  assert.deepEqual(await server.tally('hello', 10), { hi: 10 });
  assert.deepEqual(idsIn(await wrangler('deploy', '--strict', '--keep-vars')).length, 1);
  assert.deepEqual(await server.tally('hello', 10), { hi: 10 });
});

test('`deploy --env` makes a Worker of its own', async () => {
  write(answering('one'), { env: { staging: { vars: { STAGE: 'staging' } } } });
  const said = await wrangler('deploy', '--env', 'staging');
  assert.match(said, /env\.STAGE \("staging"\)/);
  assert.equal((await server.visit('hello-staging')).text, 'one');
  assert.equal((await server.visit('hello')).text, 'hi');
});

test('`whoami` names the account, and `delete` takes the Worker from the edge', async () => {
  const { accountId } = server.connection;
  assert.match(await wrangler('whoami'), new RegExp(accountId));
  await wrangler('delete', '--env', 'staging', '--force');
  assert.equal((await server.visit('hello-staging')).status, 404);
  assert.equal((await server.visit('hello')).status, 200);
});
