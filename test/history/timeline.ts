import type { DeploymentMade, RequestSeen } from './history.ts';

/** Deployments by their place in the order in which they were made, from 0. */
export type Place = number;

/**
 * When which deployment may have been the one that the edge served from. Its swap to a deployment came after that was asked for and before
 * it was acknowledged, and the swaps came in order: so one that is late holds up those behind it, and one that is early pulls those before.
 */
export class Timeline {
  readonly deployments: readonly DeploymentMade[];
  readonly #servedFrom: readonly number[];
  readonly #servedBy: readonly number[];
  readonly #places: ReadonlyMap<string, Place>;

  constructor(deployments: readonly DeploymentMade[]) {
    this.deployments = deployments;
    this.#servedFrom = runningMost(deployments.map(({ askedAt }) => askedAt));
    const ends = deployments.map(({ acknowledgedAt }) => -(acknowledgedAt ?? Infinity)).toReversed();
    this.#servedBy = runningMost(ends)
      .toReversed()
      .map((end) => -end);
    this.#places = new Map(deployments.map(({ id }, place) => [id, place]));
  }

  placeOf(deploymentId: string): Place | undefined {
    return this.#places.get(deploymentId);
  }

  /** The oldest deployment that a request which begins then may still meet. */
  oldestAt(beganAt: number): Place {
    return Math.max(0, countBelow(this.#servedBy, beganAt) - 1);
  }

  /** The newest deployment that one whose version was picked by then may have met; -1 before there was one. */
  newestAt(answeredAt: number): Place {
    return countBelow(this.#servedFrom, answeredAt) - 1;
  }
}

/** Whether the request went on after its version had left, by a deployment that was acknowledged. */
export const outlivedItsVersion = (timeline: Timeline, { endedAt, versions }: RequestSeen): boolean => {
  const last = timeline.deployments[timeline.oldestAt(endedAt)];
  return last !== undefined && !last.split.some(({ versionId, percentage }) => percentage > 0 && versionId === versions[0]);
};

/** Whether a deployment gives this version to the request: the one it names where that is in it, at 0 % too; else any that has a share. */
export const mayAnswer = ({ split }: DeploymentMade, { override }: RequestSeen, versionId: string): boolean => {
  if (override !== undefined && split.some((entry) => entry.versionId === override)) return versionId === override;
  return split.some((entry) => entry.versionId === versionId && entry.percentage > 0);
};

const runningMost = (numbers: readonly number[]): number[] => {
  let most = -Infinity;
  return numbers.map((number) => (most = Math.max(most, number)));
};

/** How many of these numbers, which never fall, are below the bound. */
const countBelow = (numbers: readonly number[], bound: number): number => {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers[middle] ?? Infinity) < bound) low = middle + 1;
    else high = middle;
  }
  return low;
};
