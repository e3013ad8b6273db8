/** Browsers on a site that is deployed again and again: a page of one version asks for files while another takes over. */
import assert from 'node:assert/strict';
import { createHash, randomInt } from 'node:crypto';
import test from 'node:test';
import { assetForm, manifestOf } from '../support/asset-upload.ts';
import { startServer, type Server } from '../support/server.ts';
import { until } from '../support/until.ts';

const SITE = 'site';
const DEPLOYMENTS = 50;
const BROWSERS = 4;

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 8);

/** A build as a bundler leaves it: a page that names its script and its style by their content. */
const build = (number: number) => {
  const files = { js: `console.log(${number});`, css: `p { margin: ${number}px }` };
  const paths = Object.entries(files).map(([type, text]) => [`/assets/index-${hashOf(text)}.${type}`, text] as const);
  const page = `<!doctype html>\n${paths.map(([path]) => `<link href="${path}">`).join('\n')}\n`;
  return { ...Object.fromEntries(paths), '/index.html': page };
};

/** A version of files alone; answers its id. */
const uploaded = async (server: Server, number: number): Promise<string> => {
  const files = build(number);
  const path = `workers/scripts/${SITE}`;
  const session = (await server.api('POST', `${path}/assets-upload-session`, { manifest: manifestOf(files) })) as {
    jwt: string;
    buckets: readonly (readonly string[])[];
  };
  const headers = { authorization: `Bearer ${session.jwt}` };
  const url = `${server.connection.baseUrl}/accounts/${server.connection.accountId}/workers/assets/upload?base64=true`;
  const answer = await fetch(url, { method: 'POST', headers, body: assetForm(Object.values(files)) });
  const { result } = (await answer.json()) as { result: { jwt: string } };
  const form = new FormData();
  form.set('metadata', JSON.stringify({ assets: { jwt: result.jwt }, compatibility_date: '2026-11-01' }));
  if (number > 0) return ((await server.api('POST', `${path}/versions`, form)) as { id: string }).id;
  await server.api('PUT', path, form);
  await server.api('POST', `${path}/subdomain`, { enabled: true, previews_enabled: true });
  const { items } = (await server.api('GET', `${path}/versions`)) as { items: readonly [{ id: string }] };
  return items[0].id;
};

/** Opens the page and what it names, and now and then something of a page that has been open for a while. */
const browse = async (server: Server, signal: AbortSignal): Promise<{ readonly fetched: number; readonly missing: readonly string[] }> => {
  const seen: string[] = [];
  const missing: string[] = [];
  let fetched = 0;
  while (!signal.aborted) {
    const page = await server.visit(SITE);
    const named = [...page.text.matchAll(/href="([^"]+)"/g)].map(([, path = '']) => path);
    if (page.status !== 200 || named.length !== 2) missing.push(`/ ${page.status}`);
    seen.push(...named);
    for (const path of [...named, seen[randomInt(seen.length)] ?? '/']) {
      const { status, text } = await server.visit(SITE, path);
      fetched += 1;
      if (status !== 200 || !path.includes(hashOf(text))) missing.push(`${path} ${status}`);
    }
  }
  return { fetched, missing };
};

test(`[K-4] browsers on a site see no file missing over ${DEPLOYMENTS} deployments with ramps between them`, async (t) => {
  await using server = await startServer();
  let current = await uploaded(server, 0);
  const over = new AbortController();
  const browsers = Array.from({ length: BROWSERS }, () => browse(server, over.signal));
  const deploy = (split: Readonly<Record<string, number>>) =>
    server.api('POST', `workers/scripts/${SITE}/deployments`, {
      strategy: 'percentage',
      versions: Object.entries(split).map(([version_id, percentage]) => ({ version_id, percentage })),
    });
  for (let deployment = 0; deployment < DEPLOYMENTS; deployment += 2) {
    const next = await uploaded(server, deployment + 1);
    await deploy({ [current]: 50, [next]: 50 });
    const pages = new Set<string>();
    await until('both pages', async () => pages.add((await server.visit(SITE)).text).size === 2);
    await deploy({ [next]: 100 });
    current = next;
  }
  over.abort();
  const crawls = await Promise.all(browsers);
  t.diagnostic(`${crawls.reduce((sum, { fetched }) => sum + fetched, 0)} files fetched`);
  assert.deepEqual(
    crawls.flatMap(({ missing }) => missing),
    [],
  );
});
