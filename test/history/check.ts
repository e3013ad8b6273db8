import type { History, RequestSeen } from './history.ts';
import { mayAnswer, outlivedItsVersion, Timeline, type Place } from './timeline.ts';

/** What can be wrong with an answer, and what it means. */
export const FAULTS = {
  failed: 'no version answered it',
  cut: 'its answer did not come to its end',
  no_version: 'its answer names no version',
  two_versions: 'its answer names several versions',
  unknown_version: 'no deployment ever had the version that answered',
  unknown_deployment: 'the edge names a deployment that was never made',
  stale: 'its version had left before it began, by a deployment that was acknowledged',
  early: 'its version was answered with before its deployment was asked for',
  zero_share: 'its version had 0 %, and was not asked for by name',
  override_missed: 'it asked for a version of the deployment and got another',
  went_back: 'an earlier request, over before this one began, was answered from a newer deployment',
  key_moved: 'another request with its key got another version of the same deployment',
  work_lost: 'work that it left behind did not come to its end',
  work_repeated: 'work that it left behind was done more than once, so it was sent more than once',
} as const;

export interface Fault {
  readonly name: keyof typeof FAULTS;
  readonly request: RequestSeen;
}

export interface Verdict {
  readonly faults: readonly Fault[];
  readonly requests: number;
  readonly deployments: number;
  /** Requests during which the edge may have swapped: those that tell the most. */
  readonly concurrent: number;
  /** Requests that went on when their version had nothing any more: those that a drain could hurt. */
  readonly outlived: number;
}

/**
 * Proves of a recorded run that each request was answered by exactly one version, which the deployment gave it that served when its
 * version was picked, and that nothing was lost. There must be one moment for each swap, between the question and the acknowledgement,
 * and one for each request, between its begin and the head of its answer, such that all answers are right: the history is linearizable
 * (Herlihy and Wing 1990). Deployments are ordered, so giving each request the oldest deployment that explains it decides this exactly.
 */
export const check = ({ deployments, requests, works }: History): Verdict => {
  const timeline = new Timeline(deployments);
  const faults: Fault[] = [];
  const explained = new Map<RequestSeen, readonly Place[]>();
  for (const request of requests) {
    const name = whatIsLost(request) ?? whatIsMixed(request);
    if (name !== undefined) faults.push({ name, request });
    else explain(timeline, request, explained, faults);
  }
  faults.push(...backwards(explained), ...movedKeys(requests));
  faults.push(...wrongWork(requests, works));
  const concurrent = requests.filter((request) => timeline.oldestAt(request.beganAt) < timeline.newestAt(pickedBy(request))).length;
  const outlived = requests.filter((request) => outlivedItsVersion(timeline, request)).length;
  return { faults, requests: requests.length, deployments: deployments.length, concurrent, outlived };
};

/** For people: what is wrong with how many, and the first few in full. */
export const report = ({ faults, requests, deployments, concurrent, outlived }: Verdict): string => {
  const kinds = Object.entries(Object.groupBy(faults, ({ name }) => name)).map(
    ([name, all = []]) => `${name}: ${all.length}, because ${FAULTS[name as Fault['name']]}`, // Its keys are the names.
  );
  const first = faults.slice(0, 5).map(({ name, request }) => `${name} ${JSON.stringify(request)}`);
  const counts = `${requests} requests, ${concurrent} of them during a swap, ${outlived} outliving their version, ${deployments} deployments`;
  return [counts, ...kinds, ...first].join('\n');
};

const pickedBy = ({ answeredAt, endedAt }: RequestSeen): number => answeredAt ?? endedAt;

const whatIsLost = ({ fault }: RequestSeen): Fault['name'] | undefined => fault?.kind;

const whatIsMixed = ({ versions }: RequestSeen): Fault['name'] | undefined => {
  if (versions.length === 0) return 'no_version';
  return versions.length > 1 ? 'two_versions' : undefined;
};

/** Finds the deployments that a request's answer can have come from; where there is none, says why. */
const explain = (timeline: Timeline, request: RequestSeen, explained: Map<RequestSeen, readonly Place[]>, faults: Fault[]): void => {
  const [oldest, newest] = [timeline.oldestAt(request.beganAt), timeline.newestAt(pickedBy(request))];
  const said = request.deploymentId === undefined ? undefined : timeline.placeOf(request.deploymentId);
  if (request.deploymentId !== undefined && said === undefined) return void faults.push({ name: 'unknown_deployment', request });
  const fits = (place: Place): boolean => isRight(timeline, place, request);
  const possible = between(oldest, newest).filter((place) => (said === undefined || place === said) && fits(place));
  if (possible.length > 0) return void explained.set(request, possible);
  faults.push({ name: whyNone(timeline, request, said, oldest, newest), request });
};

const isRight = ({ deployments }: Timeline, place: Place, request: RequestSeen): boolean => {
  const deployment = deployments[place];
  return deployment !== undefined && mayAnswer(deployment, request, request.versions[0] ?? '');
};

const whyNone = (timeline: Timeline, request: RequestSeen, said: Place | undefined, oldest: Place, newest: Place): Fault['name'] => {
  const [version = ''] = request.versions;
  const has = (place: Place) => timeline.deployments[place]?.split.find(({ versionId }) => versionId === version);
  const everyPlace = between(0, timeline.deployments.length - 1);
  if (!everyPlace.some(has)) return 'unknown_version';
  if (said !== undefined && said < oldest) return 'stale';
  if (said !== undefined && said > newest) return 'early';
  const shares = (said === undefined ? between(oldest, newest) : [said]).flatMap((place) => has(place) ?? []);
  if (shares.length > 0) return shares.some(({ percentage }) => percentage > 0) ? 'override_missed' : 'zero_share';
  return between(0, (said ?? oldest) - 1).some(has) ? 'stale' : 'early';
};

/** One edge never goes back: a request takes its deployment from no older one than the requests that were over before it began. */
const backwards = (explained: ReadonlyMap<RequestSeen, readonly Place[]>): readonly Fault[] => {
  const begins = [...explained.keys()].toSorted((a, b) => a.beganAt - b.beganAt);
  const ends = begins.toSorted((a, b) => pickedBy(a) - pickedBy(b));
  const taken = new Map<RequestSeen, Place>();
  const faults: Fault[] = [];
  let reached = 0;
  let over = 0;
  for (const request of begins) {
    for (let ended = ends[over]; ended !== undefined && pickedBy(ended) < request.beganAt; ended = ends[(over += 1)])
      reached = Math.max(reached, taken.get(ended) ?? 0);
    const possible = explained.get(request) ?? [];
    const place = possible.find((each) => each >= reached);
    if (place === undefined) faults.push({ name: 'went_back', request });
    taken.set(request, place ?? 0);
  }
  return faults;
};

/** Within one deployment a key stays with one version (I7); what an override asked for is apart. */
const movedKeys = (requests: readonly RequestSeen[]): readonly Fault[] => {
  const first = new Map<string, string | undefined>();
  return requests.flatMap((request): Fault[] => {
    const { key, override, deploymentId, versions, fault } = request;
    if (key === undefined || override !== undefined || deploymentId === undefined || fault !== undefined) return [];
    const of = `${deploymentId} ${key}`;
    if (!first.has(of)) first.set(of, versions[0]);
    return first.get(of) === versions[0] ? [] : [{ name: 'key_moved', request }];
  });
};

/** Work is done once, and by the version that answered. */
const wrongWork = (requests: readonly RequestSeen[], works: History['works']): readonly Fault[] => {
  const done = Map.groupBy(works, ({ request }) => request);
  return requests.flatMap((request): Fault[] => {
    const [one, ...more] = done.get(request.id) ?? [];
    if (more.length > 0) return [{ name: 'work_repeated', request }];
    return request.promisesWork && one?.versionId !== request.versions[0] ? [{ name: 'work_lost', request }] : [];
  });
};

const between = (from: Place, to: Place): Place[] => Array.from({ length: Math.max(0, to - from + 1) }, (_, at) => from + at);
