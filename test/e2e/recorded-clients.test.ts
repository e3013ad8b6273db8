/**
 * What each client sent once, sent again without it: fast enough for every change. Whatever the client was answered then it
 * is answered now, in the same shape; so a field that a client needs cannot go unnoticed.
 */
import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import test, { after } from 'node:test';
import { type Replayed, replay } from '../support/replay.ts';
import { startServer } from '../support/server.ts';

const RECORDED = join(import.meta.dirname, '..', 'recorded');

/** What clients read without looking whether it is there, by the path they ask. Taken from their sources. */
const NEEDED: readonly { readonly ask: RegExp; readonly fields: readonly string[] }[] = [
  {
    ask: /^GET .*\/workers\/services\/[^/]+$/,
    fields: ['default_environment.script.tag', 'default_environment.script.last_deployed_from'],
  },
  {
    ask: /^PUT .*\/workers\/scripts\/[^/?]+\?(?!rollback_to)/,
    fields: ['deployment_id', 'id', 'startup_time_ms', 'available_on_subdomain'],
  },
  { ask: /^PUT .*\?rollback_to=/, fields: ['deployment_id'] },
  { ask: /^POST .*\/versions(\?|$)/, fields: ['id', 'startup_time_ms', 'metadata.has_preview', 'resources.script.etag'] },
  {
    ask: /^GET .*\/versions\/[^/?]+$/,
    fields: ['id', 'metadata.created_on', 'metadata.author_email', 'resources.bindings', 'resources.script_runtime'],
  },
  { ask: /^GET .*\/scripts\/[^/]+\/versions(\?|$)/, fields: ['items.0.id', 'items.0.metadata.created_on', 'items.0.resources.bindings'] },
  {
    ask: /^GET .*\/scripts\/[^/]+\/deployments$/,
    fields: ['deployments.0.id', 'deployments.0.created_on', 'deployments.0.versions.0.percentage'],
  },
  { ask: /^POST .*\/deployments$/, fields: ['id'] },
  {
    ask: /by-script\/[^/]+\?order=asc$/,
    fields: ['latest.id', 'items.0.id', 'items.0.metadata.created_on', 'items.0.metadata.author_email'],
  },
  {
    ask: /by-script\/[^/]+\/detail\//,
    fields: ['id', 'metadata.author_id', 'resources.script.handlers.0', 'resources.script_runtime.usage_model', 'resources.bindings'],
  },
  { ask: /^GET .*\/workers\/subdomain$/, fields: ['subdomain'] },
  { ask: /^(GET|POST) .*\/scripts\/[^/]+\/subdomain$/, fields: ['enabled', 'previews_enabled'] },
];

const server = await startServer();
after(() => server[Symbol.asyncDispose]());

for (const [index, file] of globSync('*/*.ndjson', { cwd: RECORDED }).toSorted().entries()) {
  const label = `wrangler ${dirname(file)}, ${basename(file, '.ndjson')}`;
  test(`${label}: every answer is as it was recorded`, async () => {
    const substitutions = { 'recorded-worker': `replayed-${index}` };
    const exchanges = await replay(join(RECORDED, file), { ...server.connection, substitutions });
    assert.ok(exchanges.length > 10);
    for (const exchange of exchanges) hold(exchange);
  });
}

/** Everything of the answer except values that are new each time. */
function hold({ method, path, status, body, recorded }: Replayed): void {
  const where = `${method} ${path}`;
  assert.equal(status, recorded.status, `${where}: ${body}`);
  const [now, then] = [JSON.parse(body), JSON.parse(recorded.body)] as [Envelope, Envelope];
  assert.deepEqual([now.success, now.errors.map(({ code }) => code)], [then.success, then.errors.map(({ code }) => code)], where);
  assert.deepEqual(shapeOf(now.result), shapeOf(then.result), where);
  if (!now.success || !hasContent(now.result)) return;
  for (const { ask, fields } of NEEDED) {
    if (ask.test(where)) for (const field of fields) assert.notEqual(at(now.result, field), undefined, `${field} of ${where}`);
  }
}

type Envelope = { readonly success: boolean; readonly errors: readonly { readonly code: number }[]; readonly result: unknown };

/** Names and types, without the values. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, inner]) => [key, shapeOf(inner)] as const)
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
}

const hasContent = (result: unknown): boolean =>
  typeof result === 'object' && result !== null && !Object.values(result).every((value) => Array.isArray(value) && value.length === 0);

const at = (value: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((inner, key) => (inner as Readonly<Record<string, unknown>> | undefined)?.[key], value);
