import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import fc from 'fast-check';
import { aFolder } from '../support/temporary.ts';
import { check, FAULTS, report, type Fault } from './check.ts';
import { readHistory, type DeploymentMade, type History, type RequestSeen } from './history.ts';
import { aDeployment, aRequest, rightHistory, version } from './right-histories.ts';
import { mayAnswer } from './timeline.ts';

const namesIn = (history: History): string[] => check(history).faults.map(({ name }) => name);

test('right histories pass, however requests and deployments overlap', () => {
  fc.assert(
    fc.property(rightHistory, (history) => assert.deepEqual(namesIn(history), [])),
    { numRuns: 1000 },
  );
});

/** What is added to a right history, after its end, to make it wrong in one way. */
interface Breaking {
  readonly deployments?: readonly DeploymentMade[];
  readonly requests: readonly RequestSeen[];
  readonly works?: History['works'];
  /** Which of the requests is the one to be found. */
  readonly found?: number;
}

const [X, Y, Z] = [version(101), version(102), version(103)];
/** What is to be found has this number in the history. */
const FOUND = 9999;
const aWork: History['works'][number] = { type: 'work', request: FOUND, versionId: X };
const isFound = (request: Partial<RequestSeen>): Breaking => ({ requests: [aRequest({ beganAt: 2000, versions: [X], ...request })] });

const BREAKINGS: Readonly<Record<Fault['name'], Breaking>> = {
  failed: isFound({ fault: { kind: 'failed', why: 'status 503' } }),
  cut: isFound({ fault: { kind: 'cut', why: 'ECONNRESET' } }),
  no_version: isFound({ versions: [] }),
  two_versions: isFound({ versions: [X, Y] }),
  unknown_version: isFound({ versions: [Z] }),
  unknown_deployment: isFound({ deploymentId: 'deployment-999' }),
  stale: {
    deployments: [aDeployment(901, 3000, 3010, { [Z]: 100 })],
    requests: [aRequest({ beganAt: 3011, versions: [X] })],
  },
  early: {
    deployments: [aDeployment(901, 3000, 3010, { [Z]: 100 })],
    requests: [aRequest({ beganAt: 2990, answeredAt: 2999, versions: [Z] })],
  },
  zero_share: {
    deployments: [aDeployment(901, 3000, 3010, { [X]: 100, [Z]: 0 })],
    requests: [aRequest({ beganAt: 3011, versions: [Z] })],
  },
  override_missed: isFound({ override: Y }),
  went_back: {
    deployments: [aDeployment(901, 3000, 3100, { [Z]: 100 })],
    requests: [
      aRequest({ id: 9001, beganAt: 3020, answeredAt: 3030, versions: [Z] }),
      aRequest({ beganAt: 3040, answeredAt: 3050, versions: [X] }),
    ],
    found: 1,
  },
  key_moved: {
    requests: [
      aRequest({ id: 9001, beganAt: 2000, key: 'k', deploymentId: 'deployment-900', versions: [X] }),
      aRequest({ beganAt: 2010, key: 'k', deploymentId: 'deployment-900', versions: [Y] }),
    ],
    found: 1,
  },
  work_lost: isFound({ promisesWork: true }),
  work_repeated: { ...isFound({ promisesWork: true }), works: [aWork, aWork] },
};

/** A right history, after it a deployment of X and Y, after that what is wrong; the requests in any order. */
const broken = (
  { deployments = [], requests, works = [], found = 0 }: Breaking,
  history: History,
  isReversed: boolean,
): [History, RequestSeen] => {
  const added = requests.map((request, at) => (at === found ? { ...request, id: FOUND } : request));
  const all = [...history.requests, ...added];
  const half = aDeployment(900, 1900, 1910, { [X]: 50, [Y]: 50 });
  const whole = {
    deployments: [...history.deployments, half, ...deployments],
    requests: isReversed ? all.toReversed() : all,
    works: [...history.works, ...works],
  };
  return [whole, added[found] as RequestSeen]; // It was just put there.
};

for (const name of Object.keys(FAULTS) as Fault['name'][]) {
  test(`a history with a request of which it is true that ${FAULTS[name]} is found out, and the request named`, () => {
    fc.assert(
      fc.property(rightHistory, fc.boolean(), (history, isReversed) => {
        // Of two versions for one key, which is the wrong one is a matter of order.
        const [wrong, request] = broken(BREAKINGS[name], history, isReversed && name !== 'key_moved');
        const { faults } = check(wrong);
        assert.deepEqual(
          faults.map((fault) => [fault.name, fault.request.id]),
          [[name, request.id]],
        );
      }),
    );
  });
}

/** Small runs of any kind, right or wrong: every moment is a whole number of its own. */
const anyHistory: fc.Arbitrary<History> = fc
  .record({
    deployments: fc.array(fc.tuple(fc.integer({ min: 1, max: 2 }), fc.constantFrom(0, 50, 100)), { minLength: 1, maxLength: 3 }),
    requests: fc.array(fc.tuple(fc.integer({ min: 1, max: 2 }), fc.option(fc.integer({ min: 1, max: 2 }), { nil: undefined })), {
      maxLength: 4,
    }),
    order: fc.infiniteStream(fc.nat(1000)),
  })
  .map(({ deployments, requests, order }) => {
    // Each deployment and request gets two moments out of a shuffled row; deployments are made one after the other.
    const row = Array.from({ length: 2 * (deployments.length + requests.length) }, (_, at) => at)
      .map((at) => ({ at, by: order.next().value ?? 0 }))
      .toSorted((a, b) => a.by - b.by || a.at - b.at)
      .map(({ at }) => at);
    const ofDeployments = row.slice(0, 2 * deployments.length).toSorted((a, b) => a - b);
    const ofRequests = row.slice(2 * deployments.length);
    return {
      deployments: deployments.map(([second, percentage], at) =>
        aDeployment(at, ofDeployments[2 * at] ?? 0, ofDeployments[2 * at + 1] ?? 0, {
          [version(second)]: percentage,
          [version(3 - second)]: 100 - percentage,
        }),
      ),
      requests: requests.map(([answered, named], id) => {
        const [beganAt = 0, answeredAt = 0] = ofRequests.slice(2 * id, 2 * id + 2).toSorted((a, b) => a - b);
        return aRequest({
          id,
          beganAt,
          answeredAt,
          versions: [version(answered)],
          ...(named === undefined ? {} : { override: version(named) }),
        });
      }),
      works: [],
    };
  });

/** Tries every way the swaps can have fallen between the moments, as `gap` g between the moments g and g + 1. */
const hasExplanation = ({ deployments, requests }: History): boolean => {
  const tryFrom = (swaps: readonly number[]): boolean => {
    const next = deployments[swaps.length];
    if (next === undefined) return requests.every((request) => isExplained(request, swaps, deployments));
    for (let gap = Math.max(next.askedAt, swaps.at(-1) ?? 0); gap < (next.acknowledgedAt ?? 0); gap += 1)
      if (tryFrom([...swaps, gap])) return true;
    return false;
  };
  return tryFrom([]);
};

const isExplained = (request: RequestSeen, swaps: readonly number[], deployments: readonly DeploymentMade[]): boolean => {
  for (let gap = request.beganAt; gap < (request.answeredAt ?? 0); gap += 1) {
    // In the gap of a swap, the request may come before it or after it.
    const oldest = Math.max(0, swaps.filter((swap) => swap < gap).length - 1);
    const newest = swaps.filter((swap) => swap <= gap).length - 1;
    const met = deployments.slice(oldest, newest + 1);
    if (met.some((deployment) => mayAnswer(deployment, request, request.versions[0] ?? ''))) return true;
  }
  return false;
};

test('the checker says what trying out every order of swaps and requests says', () => {
  const verdicts = { right: 0, wrong: 0 };
  fc.assert(
    fc.property(anyHistory, (history) => {
      const isRight = hasExplanation(history);
      verdicts[isRight ? 'right' : 'wrong'] += 1;
      assert.equal(check(history).faults.length === 0, isRight, report(check(history)));
    }),
    { numRuns: 5000 },
  );
  // Neither kind may be so rare that nothing was tried.
  assert.ok(verdicts.right > 250 && verdicts.wrong > 250, JSON.stringify(verdicts));
});

test('a recorded file is read back, and one that ends within a line is refused with the line', async (t) => {
  const path = join(await aFolder(t), 'history.jsonl');
  const lines = [aDeployment(0, 1, 2, { [X]: 100 }), aRequest({ beganAt: 3, versions: [X] })].map((line) => JSON.stringify(line));
  await writeFile(path, `${lines.join('\n')}\n`);
  assert.equal(report(check(await readHistory(path))), '1 requests, 0 of them during a swap, 0 outliving their version, 1 deployments');
  await writeFile(path, `${lines.join('\n')}\n${lines[1]?.slice(0, 30)}`);
  await assert.rejects(readHistory(path), /Line 3 of the history is none of ours/);
});
