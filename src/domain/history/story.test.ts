import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { percentageOf, WHOLE } from '../split.ts';
import { storyOf, type Story } from './story.ts';
import { aHistory } from './testing.ts';

const words = ({ kind, versionId, share, shareBefore, otherId, replaced }: Story): string => {
  const instead = replaced.map(({ before, after }) => `${after} for ${before}`).join(', ');
  return `${kind} ${versionId} ${percentageOf(shareBefore)}-${percentageOf(share)}${otherId === undefined ? '' : ` beside ${otherId}`}${instead === '' ? '' : `: ${instead}`}`;
};

const told = (...lines: readonly string[]): readonly string[] =>
  storyOf(aHistory(...lines))
    .map(words)
    .toReversed();

test('[OV-1] what each deployment did is told of the version it is about', () => {
  const history = [
    ['v38 100', 'deployed v38 0-100'],
    ['v39 10, v38 90', 'started v39 0-10 beside v38'],
    ['v38 50, v39 50', 'raised v39 10-50 beside v38'],
    ['v39 100', 'raised v39 50-100 beside v38'],
    ['v40 10, v39 90', 'started v40 0-10 beside v39'],
    ['v40 25, v39 75', 'raised v40 10-25 beside v39'],
    ['v39 100', 'rolled_back v39 75-100 beside v40'],
    ['v41 100', 'deployed v41 0-100 beside v39'],
    ['v41 100', 'repeated v41 100-100'],
    ['v42 1, v41 99', 'started v42 0-1 beside v41'],
    ['v42 0.5, v41 99.5', 'lowered v42 1-0.5 beside v41'],
    ['v42 0, v41 100', 'rolled_back v41 99.5-100 beside v42'],
    ['v42 10, v41 90', 'raised v42 0-10 beside v41'],
    ['v42 100', 'raised v42 10-100 beside v41'],
    ['v41 50, v42 50', 'lowered v42 100-50 beside v41'],
    ['v39 100', 'rolled_back v39 0-100 beside v42'],
  ] as const;
  assert.deepEqual(
    told(...history.map(([line]) => line)),
    history.map(([, story]) => story),
  );
});

test('[OV-2] a version that never served is deployed or started, however old it is; one that began to serve later is none to go back to', () => {
  assert.deepEqual(told('v2 100', 'v1 100', 'v2 100').slice(1), ['deployed v1 0-100 beside v2', 'rolled_back v2 0-100 beside v1']);
  assert.deepEqual(told('v2 100', 'v1 10, v2 90', 'v1 100').slice(1), ['started v1 0-10 beside v2', 'raised v1 10-100 beside v2']);
});

test('[OV-2] what a client of the legacy log calls a rollback is one', () => {
  assert.deepEqual(told('v1 100', 'v2 100', 'v3 100', 'v2 100 by rollback').at(-1), 'rolled_back v2 0-100 beside v3');
  assert.deepEqual(told('v1 100', 'v2 10, v1 90', 'v3 100', 'v2 10, v1 90 by rollback').at(-1), 'rolled_back v1 0-90 beside v2');
});

test('[OV-3] a change of secrets or settings is told as such, and its versions are as old as those they stand for', () => {
  const history = [
    ['v1 100', 'deployed v1 0-100'],
    ['v2 10, v1 90', 'started v2 0-10 beside v1'],
    ['v4 from v2 10, v3 from v1 90 by secret', 'changed_secret v3 90-90 beside v4: v4 for v2, v3 for v1'],
    ['v6 from v2 10, v5 from v1 90 by upload', 'changed_settings v5 90-90 beside v6: v6 for v4, v5 for v3'],
    ['v6 from v2 25, v5 from v1 75', 'raised v6 10-25 beside v5'],
    ['v5 from v1 100', 'rolled_back v5 75-100 beside v6'],
    ['v1 100', 'rolled_back v1 0-100 beside v5'],
  ] as const;
  assert.deepEqual(
    told(...history.map(([line]) => line)),
    history.map(([, story]) => story),
  );
  // New code under the same settings is an upload: picked by its own id.
  assert.equal(told('v1 100', 'v2 100 by upload').at(-1), 'deployed v2 0-100 beside v1');
});

test('[OV-2] of a history that is cut the numbers say which version is older', () => {
  const cut = aHistory('v2 10, v1 90', 'v1 100');
  assert.equal(
    storyOf(
      cut,
      new Map([
        ['v1', 1],
        ['v2', 2],
      ]),
    )[0]?.kind,
    'rolled_back',
  );
  assert.equal(
    storyOf(
      cut,
      new Map([
        ['v1', 2],
        ['v2', 1],
      ]),
    )[0]?.kind,
    'raised',
  );
});

test('a first split is told of the version that is not known to be the older one', () => {
  assert.deepEqual(told('v1 30, v2 70'), ['started v1 0-30 beside v2']);
});

test('versions at 0 % that come and go beside one that has everything are told of', () => {
  assert.deepEqual(told('v1 100', 'v1 100, v2 0', 'v1 100, v3 0', 'v1 100').slice(1), [
    'started v2 0-0 beside v1',
    'started v3 0-0 beside v1',
    'lowered v3 0-0 beside v1',
  ]);
});

test('a version that comes beside one whose share stays is the one that started', () => {
  assert.equal(told('v1 100', 'v2 50, v1 50', 'v2 50, v3 50').at(-1), 'started v3 0-50 beside v2');
  assert.equal(told('v0 100', 'v1 100', 'v2 50, v1 50', 'v2 50, v0 50').at(-1), 'started v0 0-50 beside v2');
});

const aSplitText = fc
  .record({ one: fc.integer({ min: 1, max: 5 }), other: fc.integer({ min: 1, max: 5 }), share: fc.integer({ min: 0, max: 100 }) })
  .map(({ one, other, share }) => (one === other ? `v${one} 100` : `v${one} ${share}, v${other} ${100 - share}`));

test('[OV-1] of any history each story names versions of its deployment, or the one whose place was taken', () => {
  fc.assert(
    fc.property(fc.array(aSplitText, { minLength: 1, maxLength: 12 }), (lines) => {
      const history = aHistory(...lines);
      const stories = storyOf(history);
      assert.equal(stories.length, history.length);
      for (const [at, story] of stories.entries()) {
        const split = history[at]?.split ?? [];
        const near = new Set([...split, ...(history[at + 1]?.split ?? [])].map(({ versionId }) => versionId));
        assert.ok(near.has(story.versionId) && (story.otherId === undefined || near.has(story.otherId)));
        assert.notEqual(story.versionId, story.otherId);
        assert.equal(story.share, split.find(({ versionId }) => versionId === story.versionId)?.share ?? 0);
        if (story.kind === 'raised') assert.ok(story.share > story.shareBefore);
        if (story.kind === 'lowered') assert.ok(story.share < story.shareBefore || story.share === 0);
        if (story.kind === 'deployed' || story.kind === 'rolled_back') assert.equal(story.share, WHOLE);
      }
    }),
  );
});
