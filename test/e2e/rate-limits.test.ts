/** Rate limits as people use them: bound by the real wrangler, asked from Workers and versions that count together. */
import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { idAfter } from '../support/printed.ts';
import { makeProject } from '../support/project.ts';
import { refused, succeeded } from '../support/run.ts';
import { startServer } from '../support/server.ts';

let server = await startServer();
after(() => server[Symbol.asyncDispose]());

const attempt = (project: string, ...args: readonly string[]) => server.client('4.164', args, { project, isCi: true });
const wrangler = async (project: string, ...args: readonly string[]) => succeeded(await attempt(project, ...args)).combined;

/** Says whether the key in its query passed, or what `limit()` threw for the JSON in it. */
const code = (tag: string): string => `export default {
  async fetch(request, env) {
    const { searchParams } = new URL(request.url);
    const options = searchParams.has('options') ? JSON.parse(searchParams.get('options')) : { key: searchParams.get('key') };
    try {
      if (searchParams.has('module')) await import(searchParams.get('module'));
      return Response.json({ tag: '${tag}', ...(await env.LIMITER.limit(options)), reached: Object.keys(env.LIMITER) });
    } catch (error) {
      return Response.json({ tag: '${tag}', error: String(error) });
    }
  },
};`;

const limiter = (limit: number, namespace_id = '7001') => ({ name: 'LIMITER', namespace_id, simple: { limit, period: 60 } });
const projectOf = (name: string, tag: string, config: Readonly<Record<string, unknown>>) =>
  makeProject({ dir: server.projectFolder(name), name, code: code(tag), config, format: 'jsonc' });

interface Said {
  readonly tag: string;
  readonly success?: boolean;
  readonly error?: string;
  readonly reached?: readonly string[];
}
const ask = async (name: string, query: string): Promise<Said> => JSON.parse((await server.visit(name, `/?${query}`)).text) as Said;
/** How often a key passes in so many calls. */
const passes = async (name: string, key: string, calls: number) => {
  const said: Said[] = [];
  for (let each = 0; each < calls; each += 1) said.push(await ask(name, `key=${key}`));
  return { passed: said.filter(({ success }) => success === true).length, tags: new Set(said.map(({ tag }) => tag)) };
};

let one = '';

test('[J-2] two versions of a split, the older one bound by unsafe.bindings, count together, and apart by key', async () => {
  const unsafe = { unsafe: { bindings: [{ type: 'ratelimit', ...limiter(12) }] } };
  one = idAfter('Current Version ID:', await wrangler(projectOf('counted', 'one', unsafe), 'deploy'));
  const project = projectOf('counted', 'two', { ratelimits: [limiter(12)] });
  const two = idAfter('Worker Version ID:', await wrangler(project, 'versions', 'upload'));
  await wrangler(project, 'versions', 'deploy', `${one}@50`, `${two}@50`, '-y');
  assert.deepEqual(await passes('counted', 'ada', 40), { passed: 12, tags: new Set(['one', 'two']) });
  assert.equal((await passes('counted', 'bob', 3)).passed, 3);
  assert.match(await wrangler(project, 'versions', 'view', two), /Rate Limit|ratelimit/i);
});

test('[J-2] another Worker that names the namespace counts along, against its own limit; another namespace does not', async () => {
  await wrangler(projectOf('along', 'along', { ratelimits: [limiter(15)] }), 'deploy');
  await wrangler(projectOf('apart', 'apart', { ratelimits: [limiter(2, '7002')] }), 'deploy');
  await passes('counted', 'carl', 20);
  assert.equal((await passes('along', 'carl', 6)).passed, 3);
  assert.equal((await passes('apart', 'carl', 4)).passed, 2);
});

test('[J-6] what is no key is refused to the Worker that asks, and nothing but limit() can be reached', async () => {
  const said = async (options: unknown) => (await ask('apart', `options=${encodeURIComponent(JSON.stringify(options))}`)).error;
  assert.match((await said(null)) ?? '', /takes an object/);
  assert.match((await said({ key: 7 })) ?? '', /must be a string/);
  assert.match((await said({ key: 'x', limit: 9 })) ?? '', /not limit/);
  assert.deepEqual((await ask('apart', 'key=d')).reached, []);
  assert.match((await ask('apart', 'key=d&module=switchback:ratelimit')).error ?? '', /No such module/);
});

test("[J-4] a rule out of Cloudflare's bounds is refused, and says which member", async () => {
  const wrongs: readonly (readonly [object, RegExp])[] = [
    [{ ...limiter(1), namespace_id: '0' }, /namespace_id[^]*positive integer[^]*10021/],
    [{ ...limiter(1), namespace_id: 'mine' }, /namespace_id[^]*positive integer[^]*10021/],
    [limiter(0), /simple\.limit[^]*10021/],
    [{ ...limiter(1), simple: { limit: 1, period: 30 } }, /simple\.period[^]*10 or 60[^]*10021/],
  ];
  for (const [binding, words] of wrongs) {
    const project = projectOf('wrong', 'wrong', { unsafe: { bindings: [{ type: 'ratelimit', ...binding }] } });
    assert.match(refused(await attempt(project, 'deploy')).combined, words);
  }
});

test('[J-5] after every process was killed keys count anew, and a rollback counts on', async () => {
  await passes('counted', 'eve', 14);
  await server.killAll();
  server = await startServer({ folder: server.folder });
  assert.equal((await passes('counted', 'eve', 10)).passed, 10);
  const project = projectOf('counted', 'three', { ratelimits: [limiter(12)] });
  await wrangler(project, 'rollback', one, '-y');
  assert.deepEqual(await passes('counted', 'eve', 5), { passed: 2, tags: new Set(['one']) });
});
