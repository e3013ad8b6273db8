import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import { z } from 'zod';
import { worldFault } from '../../files/index.ts';
import type { Drops } from '../drops.ts';
import type { Live } from '../live.ts';
import type { ObservePart } from '../part.ts';
import { INVOCATION_KINDS, OUTCOMES } from '../words.ts';
import { isDamage } from './archive-file.ts';
import type { Archive } from './archive.ts';
import { bucketsOf, METRIC_GROUPS, metricsOf } from './metrics.ts';

const MOST_FOLLOWERS = 200;
const MOST_GROUPS = 100;

const number = z.coerce.number();
const window = z.object({ script: z.string(), since: number, until: number });
const metrics = window.extend({ step: number, group: z.enum(METRIC_GROUPS) });
const pair = window.extend({ one: z.string(), other: z.string() });
const invocations = window.extend({
  versionId: z.string().optional(),
  outcome: z.enum(OUTCOMES).optional(),
  kind: z.enum(INVOCATION_KINDS).optional(),
  status: number.optional(),
  leastWallMs: number.optional(),
  isError: z.literal('true').optional(),
  search: z.string().optional(),
  ray: z.string().optional(),
  most: number,
  at: number.optional(),
  seq: number.optional(),
});

const minutes = z.object({ since: z.int(), until: z.int() });
/** As many scripts and windows as one page of a list may have, and no series of a Worker longer than a month's. */
const glance = minutes
  .extend({ scripts: z.array(z.string()).max(10_000), recent: minutes })
  .refine(({ since, until }) => until - since <= 1_500, 'too long');
const windows = z.object({ windows: z.array(minutes.extend({ script: z.string() })).max(10_000) });

/** What the API may ask of the archive; `ObserveClient` asks it so. Times of counts are minutes, of records milliseconds. */
export const archivePart = (archive: Archive, live: Live, drops: Drops, mostBytes: number): ObservePart => {
  const counts = () => archive.stores.counts;
  let followers = 0;
  const routes = new Hono();
  routes.get('/metrics', async (c) => c.json(await metricsOf(counts, metrics.parse(c.req.query()))));
  routes.get('/buckets', async (c) => {
    const { script, since, until } = window.parse(c.req.query());
    const versions = await bucketsOf(counts, script, since, until);
    return c.json({ versions, exceptions: archive.stores.exceptions.groups(script, since, until, MOST_GROUPS) });
  });
  routes.get('/pair', async (c) => {
    const { script, since, until, one, other } = pair.parse(c.req.query());
    const ids = [one, other];
    const versions = (await bucketsOf(counts, script, since, until)).filter(({ versionId }) => ids.includes(versionId));
    return c.json({ versions, exceptions: archive.stores.exceptions.countedOf(ids, script, since, until) });
  });
  routes.post('/glances', async (c) => c.json(await counts().glances(glance.parse(await c.req.json()))));
  routes.post('/counted', async (c) => c.json(counts().counted(windows.parse(await c.req.json()).windows)));
  routes.get('/invocations', (c) => {
    const { script, most, at, seq, isError, ...filter } = invocations.parse(c.req.query());
    const after = at === undefined || seq === undefined ? undefined : { at, seq };
    const errors = isError === undefined ? {} : ({ isError: true } as const);
    return c.json(archive.stores.records.page(script, { ...filter, ...errors }, most, after));
  });
  routes.get('/invocations/:id', (c) => {
    const record = archive.stores.records.byId(c.req.query('script') ?? '', c.req.param('id'));
    return record === undefined ? c.json({}, 404) : c.json(record);
  });
  routes.get('/status', (c) => {
    const { stores } = archive;
    return c.json({
      mostBytes,
      bytes: stores.sizes,
      oldestCountsAt: stores.counts.oldestMinute === undefined ? null : stores.counts.oldestMinute * 60_000,
      oldestRecordAt: stores.records.oldestAt ?? null,
      dropped: drops.counts,
      since: drops.since.getTime(),
    });
  });
  routes.get('/live', (c) => {
    if (followers >= MOST_FOLLOWERS) return c.json({ error: `${MOST_FOLLOWERS} already look on; one more cannot.` }, 503);
    followers += 1;
    return streamSSE(c, async (stream) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const unfollow = live.follow(c.req.query('script') ?? '', (told) => stream.writeSSE({ data: JSON.stringify(told) }));
      stream.onAbort(resolve);
      await promise;
      unfollow();
      followers -= 1;
    });
  });
  routes.onError((error, c) => {
    if (isDamage(error)) archive.failed('reading', error);
    return c.json({ error: worldFault(error) ?? String(error) }, worldFault(error) === undefined ? 500 : 503);
  });
  return { name: 'archive', routes, take: (record) => archive.take(record), close: () => archive.close() };
};
