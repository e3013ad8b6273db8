import fc from 'fast-check';
import type { DeploymentMade, History, RequestSeen } from './history.ts';
import { mayAnswer } from './timeline.ts';

/** Version ids that are told apart at a glance. */
export const version = (number: number): string => `version-${number}`;

export const aRequest = (more: Partial<RequestSeen> = {}): RequestSeen => ({
  type: 'request',
  id: 0,
  kind: 'plain',
  beganAt: 0,
  answeredAt: (more.beganAt ?? 0) + 1,
  endedAt: (more.answeredAt ?? (more.beganAt ?? 0) + 1) + 1,
  versions: [version(1)],
  ...more,
});

export const aDeployment = (
  number: number,
  askedAt: number,
  acknowledgedAt: number | null,
  shares: Readonly<Record<string, number>>,
): DeploymentMade => ({
  type: 'deployment',
  id: `deployment-${number}`,
  askedAt,
  acknowledgedAt,
  split: Object.entries(shares).map(([versionId, percentage]) => ({ versionId, percentage })),
});

const MOST_VERSIONS = 6;

/** What one edge did: when it swapped to which deployment, and what it answered to whom. */
interface Swap {
  readonly at: number;
  readonly deployment: DeploymentMade;
}

const deployed = fc.record({
  pause: fc.integer({ min: 1, max: 50 }),
  untilSwap: fc.integer({ min: 1, max: 30 }),
  untilAnswer: fc.integer({ min: 1, max: 30 }),
  isLate: fc.boolean(),
  one: fc.integer({ min: 1, max: MOST_VERSIONS }),
  other: fc.integer({ min: 1, max: MOST_VERSIONS }),
  percentage: fc.constantFrom(0, 10, 50, 100),
});

const asked = fc.record({
  /** When its version is picked, as a share of the whole run. */
  when: fc.double({ min: 0, max: 1, noNaN: true }),
  before: fc.integer({ min: 1, max: 200 }),
  after: fc.integer({ min: 1, max: 200 }),
  draw: fc.nat(1),
  override: fc.option(fc.integer({ min: 1, max: MOST_VERSIONS }), { nil: undefined, freq: 3 }),
  key: fc.option(fc.constantFrom('a', 'b', 'c'), { nil: undefined, freq: 3 }),
  saysDeployment: fc.boolean(),
  hasWork: fc.boolean(),
});

const swapsFrom = (deployments: readonly (typeof deployed extends fc.Arbitrary<infer One> ? One : never)[]): Swap[] => {
  let now = 0;
  return deployments.map(({ pause, untilSwap, untilAnswer, isLate, one, other, percentage }, number) => {
    const askedAt = now + pause;
    const at = askedAt + untilSwap;
    now = at + untilAnswer;
    const shares = one === other ? { [version(one)]: 100 } : { [version(one)]: percentage, [version(other)]: 100 - percentage };
    return { at, deployment: aDeployment(number, askedAt, isLate ? null : now, shares) };
  });
};

/** The edge's own pick: by name, by key, else by draw; only what a share was given to. */
const picked = ({ deployment }: Swap, request: RequestSeen, draw: number): string => {
  const possible = deployment.split.map(({ versionId }) => versionId).filter((id) => mayAnswer(deployment, request, id));
  const at = request.key === undefined ? draw : request.key.charCodeAt(0);
  return possible[at % possible.length] ?? '';
};

/** Runs in which everything went as it should, requests and deployments in any overlap. */
export const rightHistory: fc.Arbitrary<History> = fc
  .tuple(fc.array(deployed, { minLength: 1, maxLength: 12 }), fc.array(asked, { maxLength: 60 }))
  .map(([deployments, questions]) => {
    const swaps = swapsFrom(deployments);
    const [begin, end] = [swaps[0]?.at ?? 0, (swaps.at(-1)?.at ?? 0) + 100];
    const requests = questions.map(({ when, before, after, draw, override, key, saysDeployment, hasWork }, id) => {
      const pickedAt = begin + 0.5 + when * (end - begin);
      const serving = swaps.findLast(({ at }) => at < pickedAt) as Swap; // The first swap is before every pick.
      const request = aRequest({
        id,
        beganAt: pickedAt - before,
        answeredAt: pickedAt + after,
        ...(override === undefined ? {} : { override: version(override) }),
        ...(key === undefined ? {} : { key }),
        ...(saysDeployment ? { deploymentId: serving.deployment.id } : {}),
        ...(hasWork ? { promisesWork: true as const } : {}),
      });
      return { ...request, versions: [picked(serving, request, draw)] };
    });
    return { deployments: swaps.map(({ deployment }) => deployment), requests, works: worksOf(requests) };
  });

const worksOf = (requests: readonly RequestSeen[]): History['works'] =>
  requests
    .filter(({ promisesWork }) => promisesWork)
    .map(({ id, versions }) => ({ type: 'work', request: id, versionId: versions[0] ?? '' }));
