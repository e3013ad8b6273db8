/** Routes, custom domains and cron schedules, deployed by wrangler for zones that `switchback zone` knows. */
import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { answering, makeProject } from '../support/project.ts';
import { refused, succeeded } from '../support/run.ts';
import { startServer } from '../support/server.ts';

const server = await startServer();
after(() => server[Symbol.asyncDispose]());

const project = server.projectFolder('shop');
const write = (config: Readonly<Record<string, unknown>>) => makeProject({ dir: project, name: 'shop', code: answering('shop'), config });
const attempt = (...args: string[]) => server.client('4.164', args, { project });
const wrangler = async (...args: string[]) => succeeded(await attempt(...args)).combined;
const statusOf = async (host: string, path: string) => (await server.visit(host, path)).status;

const ROUTES = [
  { pattern: 'example.com/shop/*', zone_name: 'example.com' },
  { pattern: 'shop.example.com', custom_domain: true },
];

test('a route needs its zone, which `switchback zone add` makes', async () => {
  write({ routes: ROUTES });
  const said = refused(await attempt('deploy')).combined;
  assert.match(said, /example\.com/);
  assert.match(succeeded(await server.cli(['zone', 'add', 'example.com'])).stdout, /Added example\.com/);
  assert.match(succeeded(await server.cli(['zone', 'list'])).stdout, /^example\.com/m);
});

test('`triggers deploy` sets routes, custom domains and crons', async () => {
  write({ routes: ROUTES, workers_dev: true, triggers: { crons: ['*/5 * * * *'] } });
  await wrangler('deploy');
  const said = await wrangler('triggers', 'deploy');
  for (const target of ['example.com/shop/*', 'shop.example.com (custom domain)', 'schedule: */5 * * * *']) {
    assert.ok(said.includes(target), `${target} is not in ${said}`);
  }
  assert.equal((await server.visit('example.com', '/shop/hat')).text, 'shop');
  assert.equal((await server.visit('shop.example.com', '/anything')).text, 'shop');
  assert.equal((await server.visit('shop')).text, 'shop');
  assert.equal(await statusOf('example.com', '/other'), 404);
});

const countVersions = async (): Promise<number> =>
  ((await server.api('GET', 'workers/scripts/shop/versions')) as { items: unknown[] }).items.length;

test('[V-6] what is no longer in the configuration is taken away, and no version is made of it', async () => {
  const before = await countVersions();
  // Without any route left wrangler would not speak of routes at all.
  write({ routes: [{ ...ROUTES[0], pattern: 'example.com/store/*' }, ROUTES[1]], workers_dev: false, triggers: { crons: [] } });
  await wrangler('triggers', 'deploy');
  assert.equal(await statusOf('example.com', '/shop/hat'), 404);
  assert.equal(await statusOf('example.com', '/store/hat'), 200);
  assert.equal(await statusOf('shop', '/'), 404);
  assert.equal(await statusOf('shop.example.com', '/'), 200);
  assert.equal(await countVersions(), before);
});

test('`delete` takes the Worker from all its addresses', async () => {
  await wrangler('delete', '--force');
  assert.equal(await statusOf('shop.example.com', '/'), 404);
  succeeded(await server.cli(['zone', 'delete', 'example.com']));
  assert.match(succeeded(await server.cli(['zone', 'list'])).stdout, /No zones yet/);
});
