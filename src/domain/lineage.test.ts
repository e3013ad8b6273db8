import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { uuid } from '../../test/support/builders.ts';
import { carriedOver } from './deploy.ts';
import { inheritedFrom, withLineages, type Descendant } from './lineage.ts';
import { pickForObject, pickVersion } from './pick.ts';
import { lineageOf, WHOLE, type Split } from './split.ts';

const KEYS = Array.from({ length: 200 }, (_, n) => `visitor-${n}`);
const noDraw = (): number => assert.fail('a key needs no draw');

/** Who has each key; an object's id is picked by as a key is. */
const dealt = (split: Split, keys = KEYS): readonly string[] =>
  keys.map((key) => {
    const { versionId = '' } = pickVersion({ split, key, random: noDraw }) ?? {};
    assert.equal(pickForObject(split, key), versionId);
    return versionId;
  });

/** A Worker whose versions are uploaded, changed and deployed as the control plane does it. */
class History {
  readonly versions: Descendant[] = [{ id: uuid(1) }, { id: uuid(2) }];
  split: Split = [
    { versionId: uuid(1), share: WHOLE / 2 },
    { versionId: uuid(2), share: WHOLE / 2 },
  ];

  make(base?: Descendant): Descendant {
    const made = { id: uuid(this.versions.length + 1), ...(base === undefined ? {} : { lineage: inheritedFrom(base, this.split) }) };
    this.versions.push(made);
    return made;
  }

  at(index: number): Descendant {
    return this.versions[index % this.versions.length]!;
  }

  /** `which`: of the two that serve. */
  change(which: readonly number[]): ReadonlyMap<string, string> {
    const bases = this.split.filter((_, index) => which.includes(index)).map(({ versionId }) => versionId);
    const made = new Map(bases.map((id) => [id, this.make(this.versions.find((version) => version.id === id)).id]));
    this.split = carriedOver(this.split, made);
    return made;
  }

  deploy(shares: Split): void {
    this.split = withLineages(shares, this.versions, this.split);
  }
}

type Step =
  | { readonly do: 'upload' }
  | { readonly do: 'change'; readonly which: readonly number[] }
  | { readonly do: 'change apart'; readonly of: number }
  | { readonly do: 'replace'; readonly at: number }
  | { readonly do: 'raise'; readonly by: number }
  | { readonly do: 'deploy'; readonly pair: readonly [number, number]; readonly share: number };

const aStep: fc.Arbitrary<Step> = fc.oneof(
  fc.constant({ do: 'upload' as const }),
  fc.record({ do: fc.constant('change' as const), which: fc.constantFrom([0, 1], [0], [1]) }),
  fc.record({ do: fc.constant('change apart' as const), of: fc.nat(20) }),
  fc.record({ do: fc.constant('replace' as const), at: fc.nat(1) }),
  fc.record({ do: fc.constant('raise' as const), by: fc.integer({ min: 0, max: WHOLE }) }),
  fc.record({ do: fc.constant('deploy' as const), pair: fc.tuple(fc.nat(20), fc.nat(20)), share: fc.integer({ min: 0, max: WHOLE }) }),
);

const take = (history: History, step: Step): void => {
  const { split } = history;
  const before = dealt(split);
  switch (step.do) {
    case 'upload':
      return void history.make();
    case 'change apart':
      return void history.make(history.at(step.of));
    case 'change': {
      const made = history.change(step.which);
      return assert.deepEqual(
        dealt(history.split),
        before.map((id) => made.get(id) ?? id),
      );
    }
    case 'replace': {
      // `versions secret put` of one that serves, and what it made deployed in its place.
      const base = split[step.at % split.length]!.versionId;
      const made = history.make(history.versions.find(({ id }) => id === base)).id;
      history.deploy(split.map((entry) => ({ versionId: entry.versionId === base ? made : entry.versionId, share: entry.share })));
      return assert.deepEqual(
        dealt(history.split),
        before.map((id) => (id === base ? made : id)),
      );
    }
    case 'raise': {
      const [one, other = one] = split.map(({ versionId }) => versionId);
      if (one === other) return;
      const share = Math.max(split[0]!.share, step.by);
      history.deploy([
        { versionId: other!, share: WHOLE - share },
        { versionId: one!, share },
      ]);
      return dealt(history.split).forEach((id, at) => assert.ok(id === before[at] || id === one, `${KEYS[at]} left ${one}`));
    }
    case 'deploy': {
      const [one, other] = step.pair.map((index) => history.at(index).id);
      if (one !== other)
        history.deploy([
          { versionId: one!, share: step.share },
          { versionId: other!, share: WHOLE - step.share },
        ]);
    }
  }
};

test('[P-12] whatever was uploaded, changed and deployed before: a change of what serves moves no key and no object, a raised share only towards it', () => {
  fc.assert(
    fc.property(fc.array(aStep, { maxLength: 12 }), (steps) => {
      const history = new History();
      for (const step of steps) {
        take(history, step);
        assert.equal(new Set(history.split.map(lineageOf)).size, history.split.length, 'no two fall alike');
      }
    }),
    { numRuns: 300 },
  );
});

test('[P-13] a version beside the one it was made from has its share of the keys, and keeps it when both are changed', () => {
  const history = new History();
  const [one] = history.versions;
  const changed = history.make(one);
  assert.equal(changed.lineage, one!.id);
  const keys = Array.from({ length: 20_000 }, (_, n) => `visitor-${n}`);
  for (const percent of [1, 10, 50, 90]) {
    const share = percent * 1000;
    history.deploy([
      { versionId: one!.id, share: WHOLE - share },
      { versionId: changed.id, share },
    ]);
    const before = dealt(history.split, keys);
    const hits = before.filter((id) => id === changed.id).length / keys.length;
    // Five standard deviations of a draw for each.
    const spread = 5 * Math.sqrt(((percent / 100) * (1 - percent / 100)) / keys.length);
    assert.ok(Math.abs(hits - percent / 100) < spread, `${percent} % came out as ${hits * 100} %`);
    const copy = Object.assign(new History(), { versions: [...history.versions], split: history.split });
    const made = copy.change([0, 1]);
    assert.deepEqual(
      dealt(copy.split, keys),
      before.map((id) => made.get(id)),
    );
  }
});

test('[P-12] a rollback to the versions from before the change deals as before it, and an upload is dealt by its own id', () => {
  const history = new History();
  const before = { split: history.split, dealt: dealt(history.split) };
  history.change([0, 1]);
  assert.notDeepEqual(history.split, before.split);
  history.deploy(before.split);
  assert.deepEqual(dealt(history.split), before.dealt);
  const uploaded = history.make();
  history.deploy([{ versionId: uploaded.id, share: WHOLE }]);
  assert.deepEqual(history.split, [{ versionId: uploaded.id, share: WHOLE }]);
});
