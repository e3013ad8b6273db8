import assert from 'node:assert/strict';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import fc from 'fast-check';
import type { Count } from '../report.ts';
import { aCount, aFolder } from '../testing.ts';
import { ArchiveFile } from './archive-file.ts';
import { Counts, COUNTS_STEPS } from './counts.ts';
import { SLOT_MINUTES } from './slots.ts';

const FIRST = 1_000 * SLOT_MINUTES;
const MINUTES = 5 * SLOT_MINUTES;

const aFile = async (t: TestContext, steps = COUNTS_STEPS, folder = aFolder(t)): Promise<ArchiveFile> => {
  const file = await ArchiveFile.open({ path: join(folder, 'counts.db'), steps, isDamaged: false }, assert.fail);
  t.after(() => file[Symbol.dispose]());
  return file;
};

const someCounts = fc.array(
  fc.record({
    script: fc.constantFrom('hello', 'other'),
    versionId: fc.constantFrom('v1', 'v2'),
    minute: fc.integer({ min: FIRST, max: FIRST + MINUTES - 1 }),
    requests: fc.integer({ min: 1, max: 100 }),
    outcome: fc.constantFrom('ok' as const, 'exception' as const, 'canceled' as const),
    statusClass: fc.constantFrom(0, 2, 4, 5),
  }),
  { minLength: 1, maxLength: 30 },
);

const isError = ({ outcome, statusClass }: Pick<Count, 'outcome' | 'statusClass'>): boolean => outcome === 'exception' || statusClass === 5;

const requestsOf = (some: readonly Count[]): number => some.reduce((total, { requests }) => total + requests, 0);

const sumsOf = (counts: readonly Count[], isMeant: (count: Count) => boolean) => {
  const byVersion = Map.groupBy(counts.filter(isMeant), ({ versionId }) => versionId);
  return new Map([...byVersion].map(([id, own]) => [id, { requests: requestsOf(own), errors: requestsOf(own.filter(isError)) }]));
};

test('[OV-6] what is added up beside the minutes tells what they tell, of any window', async (t) => {
  const file = await aFile(t);
  const world = new Counts(file);
  await fc.assert(
    fc.asyncProperty(someCounts, fc.nat(MINUTES), fc.nat(MINUTES), async (some, one, other) => {
      file.sql.exec('delete from minutes; delete from slots');
      world.forget();
      const counts = some.map((each) => aCount(each));
      file.change(() => world.add(counts));
      const [since, until] = [FIRST + Math.min(one, other), FIRST + Math.max(one, other)];
      const [found = []] = world.counted([{ script: 'hello', since, until }]);
      const expected = sumsOf(counts, ({ script, minute }) => script === 'hello' && minute >= since && minute < until);
      assert.deepEqual(new Map(found.map(({ versionId, requests, errors }) => [versionId, { requests, errors }])), expected);
      const slots = { since: FIRST / SLOT_MINUTES, until: (FIRST + MINUTES) / SLOT_MINUTES };
      const [glance, none] = await world.glances({ scripts: ['hello', 'nobody'], ...slots, recent: { since, until } });
      const all = sumsOf(counts, ({ script }) => script === 'hello');
      assert.deepEqual(new Map(glance?.versions.map(({ versionId, requests, errors }) => [versionId, { requests, errors }])), all);
      assert.equal(
        glance?.series.reduce((sum, requests) => sum + requests, 0),
        [...all.values()].reduce((sum, { requests }) => sum + requests, 0),
      );
      for (const { versionId, recent } of glance?.versions ?? []) assert.equal(recent, expected.get(versionId)?.requests ?? 0);
      assert.deepEqual(none, { script: 'nobody', series: [0, 0, 0, 0, 0], versions: [] });
    }),
    { numRuns: 40 },
  );
});

test('[OV-6] an archive of before has its slots too, and what is forgotten of the minutes is forgotten of them', async (t) => {
  const folder = aFolder(t);
  const old = await aFile(t, COUNTS_STEPS.slice(0, 2), folder);
  const insert = old.prepared("insert into minutes values (?, ?, ?, 'fetch', ?, ?, ?, x'')");
  insert.run('hello', FIRST, 'v1', 2, 'ok', 7);
  insert.run('hello', FIRST + 1, 'v1', 5, 'ok', 2);
  insert.run('hello', FIRST + 1, 'v1', 2, 'exception', 1);
  insert.run('hello', FIRST + 2 * SLOT_MINUTES, 'v1', 2, 'canceled', 3);
  old[Symbol.dispose]();
  const counts = new Counts(await aFile(t, COUNTS_STEPS, folder));
  const told = (): unknown => counts.counted([{ script: 'hello', since: FIRST, until: FIRST + 4 * SLOT_MINUTES }])[0];
  assert.deepEqual(told(), [{ versionId: 'v1', requests: 13, errors: 3 }]);
  counts.removeOldest(3);
  assert.deepEqual(told(), [{ versionId: 'v1', requests: 3, errors: 0 }]);
});
