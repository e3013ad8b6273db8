import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { percentageOf, splitFrom, WHOLE } from '../../../domain/index.ts';
import { consequenceOf, edgesInWords } from './consequence.ts';
import { proposed, shareIn, splitOf, swapped, withNew, withOther, type Draft } from './draft.ts';
import { nextStep, restOf, shareAt, shareFault, shareFrom, shareText, stepped } from './shares.ts';

const aShare = fc.integer({ min: 0, max: WHOLE });

test('[UI-20] every share can be typed as it is shown, to three decimals', () => {
  fc.assert(fc.property(aShare, (share) => assert.equal(shareFrom(shareText(share)), share)));
  for (const [text, share] of [
    ['25', 25_000],
    ['0.29', 290],
    ['0,125 %', 125],
    ['.5', 500],
    ['100.000', WHOLE],
    ['007', 7000],
    ['0025.5', 25_500],
  ] as const)
    assert.equal(shareFrom(text), share, text);
  for (const text of ['', '.', '%', '-1', '100.001', '101', '125', '1e2', '0.1234', '2 5', 'abc', '1.2.3'])
    assert.equal(shareFrom(text), undefined, text);
});

test('[UI-20] what is no share is told why', () => {
  for (const text of ['25', '0', '100', '12,5 %', '.5', '33.333', '1.']) assert.equal(shareFault(text), undefined, text);
  for (const [text, fault] of [
    ['33.3333', 'A share has at most three decimals, such as 33.333.'],
    ['99,9995 %', 'A share has at most three decimals, such as 33.333.'],
    ['125', 'A share is between 0 and 100.'],
    ['100.001', 'A share is between 0 and 100.'],
    ['1000.5', 'A share is between 0 and 100.'],
    ['-3', 'A share is between 0 and 100.'],
    ['', 'Type a share, such as 25.'],
    [' % ', 'Type a share, such as 25.'],
    ['abc', '“abc” is no share. A share is a number, such as 25 or 12.5.'],
    ['1e1', '“1e1” is no share. A share is a number, such as 25 or 12.5.'],
    ['1.2.3', '“1.2.3” is no share. A share is a number, such as 25 or 12.5.'],
    ['+25', '“+25” is no share. A share is a number, such as 25 or 12.5.'],
    ['%25', '“%25” is no share. A share is a number, such as 25 or 12.5.'],
  ] as const)
    assert.equal(shareFault(text), fault, text);
});

test('[UI-20] whatever is typed, dragged or stepped to, the two shares are 100 % together, and the API takes them as they are', () => {
  const moves = fc.oneof(
    fc.double({ min: -1, max: 2, noNaN: true }).map((place) => () => shareAt(place)),
    fc.string({ maxLength: 7, unit: fc.constantFrom(...'0123456789.,% ') }).map((text) => (before: number) => shareFrom(text) ?? before),
    fc
      .tuple(fc.constantFrom('ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'PageUp', 'PageDown', 'Home', 'End', 'x'), fc.boolean())
      .map(
        ([key, hasShift]) =>
          (before: number) =>
            stepped(before, key, hasShift) ?? before,
      ),
  );
  fc.assert(
    fc.property(aShare, fc.array(moves, { maxLength: 20 }), (first, steps) => {
      const share = steps.reduce((before, step) => step(before), first);
      assert.ok(Number.isInteger(share) && share >= 0 && share <= WHOLE);
      const split = splitOf({ newId: 'new', otherId: 'other', share });
      assert.equal(
        split.reduce((sum, each) => sum + each.share, 0),
        WHOLE,
      );
      assert.equal(shareIn(split, 'other'), restOf(share));
      const sent = splitFrom(split.map((each) => ({ version_id: each.versionId, percentage: percentageOf(each.share) })));
      assert.deepEqual(sent.ok && sent.value, split);
    }),
  );
});

test('[UI-20] the next step of a rollout is the next of 1, 5, 10, 25, 50 and 100', () => {
  assert.deepEqual([0, 500, 1000, 10_000, 12_000, 50_000, 99_999, WHOLE].map(nextStep), [
    1000,
    1000,
    5000,
    25_000,
    25_000,
    WHOLE,
    WHOLE,
    WHOLE,
  ]);
});

const asText = (draft: Draft | undefined): string =>
  draft === undefined ? 'none' : `${draft.newId} ${shareText(draft.share)} beside ${draft.otherId ?? 'none'}`;

const V42_AT_10 = [
  { versionId: 'v42', share: 10_000 },
  { versionId: 'v41', share: 90_000 },
];

test('[UI-21] the form proposes the newest version, a step further than it is, beside the one that serves most', () => {
  const all = ['v43', 'v42', 'v41', 'v40'];
  assert.equal(asText(proposed(V42_AT_10, all, undefined)), 'v42 25 beside v41');
  assert.equal(asText(proposed(V42_AT_10, all, 'v43')), 'v43 1 beside v41');
  assert.equal(asText(proposed(V42_AT_10, all, 'v41')), 'v41 100 beside v42');
  assert.equal(asText(proposed([{ versionId: 'v41', share: WHOLE }], all, undefined)), 'v43 1 beside v41');
  assert.equal(asText(proposed([{ versionId: 'v43', share: WHOLE }], all, undefined)), 'v43 100 beside none');
  assert.equal(asText(proposed([], all, undefined)), 'v43 100 beside none');
  assert.equal(asText(proposed([], [], undefined)), 'none');
});

test('[UI-21] no version is chosen on both sides: who takes the other one makes them change places', () => {
  const draft: Draft = { newId: 'v42', otherId: 'v41', share: 25_000 };
  assert.equal(asText(withNew(draft, 'v41', V42_AT_10)), 'v41 75 beside v42');
  assert.equal(asText(withOther(draft, 'v42', V42_AT_10)), 'v41 75 beside v42');
  assert.equal(asText(withNew(draft, 'v40', V42_AT_10)), 'v40 25 beside v41');
  assert.equal(asText(withOther(draft, undefined, V42_AT_10)), 'v42 100 beside v41');
  assert.equal(asText(withOther({ ...draft, share: WHOLE }, 'v40', V42_AT_10)), 'v42 25 beside v40');
  assert.equal(asText(swapped(swapped(draft))), asText(draft));
});

const split = (shares: readonly [string, number][]) => shares.map(([versionId, share]) => ({ versionId, share: share * 1000 }));

const consequence = (now: readonly [string, number][], next: readonly [string, number][], perMinute?: number): string => {
  return consequenceOf({ now: split(now), next: split(next), perMinute, nameOf: (id) => id });
};

const at = (share: number): [string, number][] => [
  ['v42', share],
  ['v41', 100 - share],
];

test('[UI-22] what will happen is said in requests a minute, and in per cent where none were measured', () => {
  const now: [string, number][] = [
    ['v42', 10],
    ['v41', 90],
  ];
  assert.equal(
    consequence(now, at(25), 1200),
    'About 300 of 1,200 requests a minute will get v42, up from about 120. The other 900 stay on v41.',
  );
  assert.equal(
    consequence(now, at(5), 1200),
    'About 60 of 1,200 requests a minute will get v42, down from about 120. The other 1,140 go to v41.',
  );
  assert.equal(consequence(now, [['v42', 100]], 1200), 'All 1,200 requests a minute will get v42, up from about 120. v41 gets none.');
  assert.equal(
    consequence(now, at(0), 1200),
    'No request will get v42, unless its header asks for it. All 1,200 requests a minute go to v41.',
  );
  assert.equal(
    consequence(now, at(25), 4),
    'About 1 of 4 requests a minute will get v42, up from fewer than one. The other 3 stay on v41.',
  );
  assert.equal(
    consequence(now, at(25), 178),
    'About 45 of 178 requests a minute will get v42, up from about 18. The other 133 stay on v41.',
  );
  assert.equal(consequence(now, at(10), 1200), 'Nothing changes: v42 keeps 10%.');
  assert.equal(consequence(now, at(25)), '25% of requests will get v42, up from 10%. The other 75% stay on v41.');
  assert.equal(consequence(now, at(25), 0.2), '25% of requests will get v42, up from 10%. The other 75% stay on v41.');
  assert.equal(
    consequence(
      [['v41', 100]],
      [
        ['v43', 1],
        ['v41', 99],
      ],
      20,
    ),
    'Fewer than one of 20 requests a minute will get v43. The others stay on v41.',
  );
  assert.equal(
    consequence(
      now,
      [
        ['v43', 25],
        ['v40', 75],
      ],
      1200,
    ),
    'About 300 of 1,200 requests a minute will get v43. The other 900 go to v40. v42 gets none. v41 gets none.',
  );
  assert.equal(consequence([], [['v1', 100]]), 'The first deployment: v1 will answer every request.');
  assert.equal(consequence([], at(25)), 'The first deployment: v42 will answer 25% of requests, v41 the other 75%.');
});

const edge = (id: string, connected = true) => ({ id, connected });

test('[UI-22] it is said which edges follow', () => {
  assert.equal(edgesInWords([edge('a'), edge('b'), edge('c')]), 'All 3 edges follow within about a second.');
  assert.equal(edgesInWords([edge('a')]), 'The edge follows within about a second.');
  assert.equal(
    edgesInWords([edge('a'), edge('oslo', false)]),
    '1 of 2 edges follow within about a second; oslo is not connected, and will follow.',
  );
  assert.equal(edgesInWords([]), 'No edge is connected: it is served as soon as one is.');
});
