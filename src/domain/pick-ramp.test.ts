import assert from 'node:assert/strict';
import test from 'node:test';
import { aTable, aWorkerEntry } from '../../test/support/builders.ts';
import { compileHosts } from './match.ts';
import { pickVersion } from './pick.ts';
import type { RoutingTable } from './routing-table.ts';
import { WHOLE, type Split } from './split.ts';

/** All million keys, about two minutes: SWITCHBACK_RAMP_KEYS=1000000 npm test -- pick-ramp */
const KEYS = Number(process.env['SWITCHBACK_RAMP_KEYS'] ?? 50_000);
const STEPS = 100;

const SMALL = '11111111-1111-4111-8111-111111111111';
const LARGE = 'eeeeeeee-eeee-4eee-8eee-eeeeeeeeeeee';

/** What an edge that starts anew reads: the table as it was sent and kept, with nothing remembered of the objects before it. */
const rebuilt = (split: Split): Split => {
  const table = aTable(1, [aWorkerEntry('hello', { deployment: { id: 'd', split } })]);
  const { hosts, workers } = JSON.parse(JSON.stringify(table)) as RoutingTable; // Its own words.
  const read = compileHosts(hosts, workers).workers.get('hello')?.deployment?.split;
  assert.ok(read !== undefined && read !== split);
  return read;
};

const noDraw = (): number => assert.fail('a key needs no draw');

/** The listed order changes from step to step, and not in time with anything. */
const inSomeOrder = (split: Split, step: number): Split => ((step * step) % 7 < 3 ? split : split.toReversed());

for (const [growing, other] of [
  [SMALL, LARGE],
  [LARGE, SMALL],
] as const) {
  test(`[P-6] [P-7] no key of ${KEYS} ever leaves the growing version ${growing.slice(0, 8)} on its way from 0 % to 100 % in ${STEPS} steps, with the versions in any order and the table read anew at each`, () => {
    const hasMoved = new Uint8Array(KEYS);
    let before = 0;
    for (let step = 0; step <= STEPS; step += 1) {
      const share = (WHOLE * step) / STEPS;
      const listed = [
        { versionId: growing, share },
        { versionId: other, share: WHOLE - share },
      ];
      const split = rebuilt(inSomeOrder(listed, step));
      let moved = 0;
      for (let at = 0; at < KEYS; at += 1) {
        const isOnGrowing = pickVersion({ split, key: `visitor-${at}`, random: noDraw })?.versionId === growing ? 1 : 0;
        if (isOnGrowing < (hasMoved[at] ?? 0)) assert.fail(`visitor-${at} left at ${step} %`);
        hasMoved[at] = isOnGrowing;
        moved += isOnGrowing;
      }
      // Every step moves some: a pick that never moved anybody would keep everybody too.
      assert.ok(step === 0 ? moved === 0 : moved > before, `${moved} of ${KEYS} at ${step} %`);
      before = moved;
    }
    assert.equal(before, KEYS);
  });
}
