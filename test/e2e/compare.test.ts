/** Two versions share real traffic and one fails: whoever looks is told so. */
import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { idAfter } from '../support/printed.ts';
import { makeProject } from '../support/project.ts';
import { succeeded } from '../support/run.ts';
import { startServer } from '../support/server.ts';
import { until } from '../support/until.ts';

const server = await startServer();
after(() => server[Symbol.asyncDispose]());

const projectOf = (code: string): string => makeProject({ dir: server.projectFolder('shop'), name: 'shop', code, format: 'jsonc' });
const wrangler = async (project: string, ...args: readonly string[]): Promise<string> =>
  succeeded(await server.client('4.164', args, { project, isCi: true })).combined;

test('[OB-44] [OB-45] of a version that throws under real traffic compare says which exception and that it is worse', async () => {
  const good = projectOf(`export default { fetch: () => new Response('good') };`);
  const one = idAfter('Current Version ID:', await wrangler(good, 'deploy'));
  const bad = projectOf(`export default { fetch: () => { throw new TypeError('the cart is empty'); } };`);
  const two = idAfter('Worker Version ID:', await wrangler(bad, 'versions', 'upload'));
  await wrangler(bad, 'versions', 'deploy', `${one}@50`, `${two}@50`, '-y');
  const compared = await until('the verdict on the exception', async () => {
    for (let visit = 0; visit < 20; visit += 1) await server.visit('shop');
    const { combined } = succeeded(await server.cli(['compare', 'shop']));
    return /^TypeError: the cart is empty .* worse$/m.test(combined) && combined;
  });
  assert.match(compared, new RegExp(`^shop: version #2 ${two.slice(0, 8)} beside #1 ${one.slice(0, 8)}`));
  assert.match(compared, /^errors +100 % +0 % .* worse$/m);
  assert.match(
    compared,
    /\n#2 is worse than #1: 100 % of its requests fail instead of 0 %; .*"TypeError: the cart is empty" in \d+ % instead of 0 %\.$/m,
  );
});
