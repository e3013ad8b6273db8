/** Two versions that differ in the files they serve. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { checkAccessible, checkFits } from '../support/accessible.ts';
import { assetForm, assetHash, manifestOf, type AssetTexts } from '../support/asset-upload.ts';
import { aBrowser, NARROW } from '../support/browser.ts';
import { startServer, type Server } from '../support/server.ts';
import { signIn, whole } from '../support/sign-in.ts';
import { until } from '../support/until.ts';
import { aWorker } from '../support/worker-form.ts';

const ASKING = 'export default { fetch: (request, env) => env.ASSETS.fetch(request) };';

const FIRST: AssetTexts = {
  '/index.html': '<h1>Hats</h1>',
  '/same.txt': 'the same',
  '/gone.txt': 'gone soon',
  '/app.1a2b3c4d.js': 'export const hats = 7;',
};
const SECOND: AssetTexts = {
  '/index.html': '<h1>Hats and caps</h1>',
  '/same.txt': 'the same',
  '/fresh.txt': 'fresh',
  '/app.5e6f7a8b.js': 'export const hats = 9;',
};
/** More than anybody reads. */
const MANY: AssetTexts = { ...SECOND, ...Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`/many/${at}.txt`, `file ${at}`])) };

/** What stands for all of these files in a version. */
const uploaded = async (server: Server, files: AssetTexts): Promise<string> => {
  const session = (await server.api('POST', 'workers/scripts/site/assets-upload-session', { manifest: manifestOf(files) })) as {
    readonly jwt: string;
    readonly buckets: readonly (readonly string[])[];
  };
  const texts = new Map(Object.values(files).map((text) => [assetHash(text), text]));
  let { jwt } = session;
  for (const bucket of session.buckets) {
    const body = assetForm(bucket.map((hash) => texts.get(hash) ?? ''));
    const answer = (await server.api('POST', 'workers/assets/upload?base64=true', body, session.jwt)) as { readonly jwt?: string };
    jwt = answer.jwt ?? jwt;
  }
  return jwt;
};

const aSite = async (server: Server, files: AssetTexts): Promise<FormData> => {
  const metadata = { assets: { jwt: await uploaded(server, files) }, bindings: [{ type: 'assets', name: 'ASSETS' }] };
  const map = JSON.stringify({ version: 3, sources: Object.keys(files), mappings: '' });
  return aWorker({ code: ASKING, metadata, modules: { 'index.js.map': [map, 'application/source-map'] } });
};

test('[UI-119] of two versions with files it is told which came, which went, which changed and what took another’s place', async (t) => {
  await using server = await startServer();
  await server.api('PUT', 'workers/scripts/site', await aSite(server, FIRST));
  await server.api('POST', 'workers/scripts/site/subdomain', { enabled: true });
  await server.api('POST', 'workers/scripts/site/versions', await aSite(server, SECOND));
  await server.api('POST', 'workers/scripts/site/versions', await aSite(server, MANY));
  assert.equal((await server.visit('site')).text, FIRST['/index.html'], 'they are served');
  await using browser = await aBrowser(t);
  const { page } = browser;
  const site = { url: server.started.control_url ?? '', token: server.connection.token };
  const { items } = (await server.api('GET', 'workers/scripts/site/versions')) as { readonly items: readonly { readonly id: string }[] };
  const [newest, newer, older] = items.map(({ id }) => id);
  await signIn(page, site, `/workers/site/compare?version=${newer}&baseline=${older}`);
  await page.getByRole('link', { name: /^Assets/ }).click();
  const assets = page.getByRole('region', { name: 'Assets' });
  // It differs, and is not asked for: the API hands out none.
  await page.getByRole('region', { name: 'Code' }).getByRole('button', { name: 'index.js.map' }).click();
  await page.getByText('A source map is not shown.').waitFor();
  await assets.getByText('1 file is the same').waitFor();
  const told = (await assets.getByRole('listitem').allInnerTexts()).map((text) => text.replaceAll(/\s+/g, ' ').trim());
  for (const line of [/^\/index\.html .*(changed|Changed)/, /^\/fresh\.txt .*[Aa]dded/, /^\/gone\.txt .*[Rr]emoved/])
    assert.equal(told.filter((text) => line.test(text)).length, 1, `${String(line)} in ${told.join(' | ')}`);
  assert.equal(told.filter((text) => text.includes('same.txt')).length, 0, 'what is the same is counted, not listed');
  assert.ok(
    told.some((text) => /app\.5e6f7a8b\.js .*replaces app\.1a2b3c4d\.js/.test(text)),
    told.join(' | '),
  );
  await checkAccessible(page, 'a comparison with files');
  await page.setViewportSize(NARROW);
  await page.emulateMedia({ colorScheme: 'dark' });
  await checkFits(page, 'a comparison with files');
  await checkAccessible(page, 'a comparison with files, narrow and dark,');

  await page.goto(`${site.url}/workers/site?dialog=deploy&of=${newer}`);
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('link', { name: 'Show files' }).click();
  await dialog.waitFor({ state: 'detached' });
  await assets.getByText('1 file is the same').waitFor();
  await whole(page);
  await until('the files to be in sight, whatever came above them', () =>
    page.evaluate('Math.abs(document.querySelector("#assets").getBoundingClientRect().top) < innerHeight / 2'),
  );
  const { pathname, searchParams, hash } = new URL(page.url());
  assert.deepEqual(
    [pathname, searchParams.get('version'), searchParams.get('baseline'), hash],
    ['/workers/site/compare', newer, older, '#assets'],
  );

  await page.goto(`${site.url}/workers/site/compare?version=${newest}&baseline=${newer}`);
  await assets.getByRole('searchbox').fill('many/39');
  await page.waitForURL(/file=many/);
  await until('one to be listed', async () => (await assets.getByRole('listitem').count()) === 1);
  await page.goto(`${site.url}/workers/site/compare?version=${newer}&baseline=${older}&file=many`);
  await assets.getByText('/fresh.txt').waitFor();
  assert.equal(await assets.getByRole('searchbox').count(), 0, 'of few files none is left out, for nothing would bring it back');
});
