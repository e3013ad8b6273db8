import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aLivedInData } from './lived-in.ts';
import { startServer } from './server.ts';
import { aFolder } from './temporary.ts';
import { until } from './until.ts';

interface Compared {
  readonly error_rate: { readonly verdict: string };
  readonly version: { readonly requests: number };
}

test('the product serves a data directory with a past as if it had been there all the time', async (t) => {
  const folder = await aFolder(t);
  const { token } = await aLivedInData(folder);
  await using server = await startServer({ folder });
  const workers = (await server.api('GET', 'workers/scripts')) as readonly { readonly id: string }[];
  assert.equal(workers.length, 14);
  assert.match((await server.visit('checkout.fernhill.example', '/cart')).text, /"currency":"EUR"/);

  const { items } = (await server.api('GET', 'workers/scripts/checkout/versions')) as { items: { id: string; number: number }[] };
  const [newest, before] = [42, 41].map((wanted) => items.find(({ number }) => number === wanted)?.id);
  const base = server.connection.baseUrl.replace('/client/v4', '/switchback/v1');
  const url = `${base}/workers/checkout/compare?version=${newest}&baseline=${before}`;
  // With the token of a person of that past; nobody waits for what observes to be ready.
  const { error_rate, version } = await until('what was observed', async () => {
    const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
    return response.ok && ((await response.json()) as { readonly result: Compared }).result;
  });
  assert.equal(error_rate.verdict, 'no_clear_difference');
  assert.ok(version.requests > 10_000, `${version.requests} requests`);
});
