import {
  compileHosts,
  matchRequest,
  pickVersion,
  type HostIndex,
  type HostTable,
  type Split,
  type WorkerEntry,
} from '../../src/domain/index.ts';
import { atLeast, besides, withAim, type Figure, type Row } from '../figure.ts';

const SIZES = [1, 1_000, 10_000];
const LEAST_MILLIONS = 2;
/** Requests are prepared ahead and taken in turn: every Worker is asked for, in no order that a cache could learn. */
const REQUESTS = 16_384;

const HOSTS: HostTable = { domains: ['localhost', 'workers.dev'], subdomain: 'team', routes: [], customDomains: [] };

const uuid = (n: number): string => `${n.toString(16).padStart(8, '0')}-0000-4000-8000-000000000000`;

const splitOf = (at: number): Split => [
  { versionId: uuid(at * 2), share: 50_000 },
  { versionId: uuid(at * 2 + 1), share: 50_000 },
];

const workerAt = (at: number): WorkerEntry => ({
  name: `worker-${at}`,
  deployment: { id: uuid(at), split: splitOf(at) },
  workersDev: true,
  previews: false,
  previewVersions: [],
  aliases: {},
});

interface Request {
  readonly host: string;
  readonly key: string;
  /** The version it asks for by name. */
  readonly versionId: string;
}

const requestsTo = (workers: number): readonly Request[] =>
  Array.from({ length: REQUESTS }, (_, at) => {
    const worker = (Math.imul(at, 2_654_435_761) >>> 0) % workers;
    return { host: `worker-${worker}.team.localhost`, key: `visitor-${at}`, versionId: uuid(worker * 2 + (at % 2)) };
  });

type Decide = (index: HostIndex, request: Request) => string | undefined;

const splitFor = (index: HostIndex, { host }: Request): Split | undefined => {
  const match = matchRequest(index, host, '/some/path?query=1', 'http');
  return match.none === undefined ? index.workers.get(match.script)?.deployment?.split : undefined;
};

/** Match and pick together, as the edge decides for each request. */
const WAYS: Readonly<Record<string, Decide>> = {
  'a draw': (index, request) => {
    const split = splitFor(index, request);
    return split && pickVersion({ split, random: Math.random })?.versionId;
  },
  'by key': (index, request) => {
    const split = splitFor(index, request);
    return split && pickVersion({ split, key: request.key, random: Math.random })?.versionId;
  },
  'by override': (index, request) => {
    const split = splitFor(index, request);
    return split && pickVersion({ split, override: request.versionId, random: Math.random })?.versionId;
  },
};

/** What no router can do without: the host's entry from a Map, and one random number. */
const floor = (workers: number): ((request: Request) => string | undefined) => {
  const entries = new Map<string, Split>(Array.from({ length: workers }, (_, at) => [`worker-${at}.team.localhost`, splitOf(at)]));
  return ({ host }) => entries.get(host)?.[Math.random() < 0.5 ? 0 : 1]?.versionId;
};

export const picking: Row = {
  name: 'picking',
  title: 'Decisions a second: which Worker, which version (one thread, nothing else)',
  measure: async ({ isQuick, say }) => {
    const { rounds, forMs } = isQuick ? { rounds: 3, forMs: 60 } : { rounds: 9, forMs: 200 };
    const figures: Figure[] = [];
    for (const size of SIZES) {
      say(`${size} Workers`);
      figures.push(...measureSize(size, rounds, forMs));
    }
    return figures;
  },
};

const measureSize = (size: number, rounds: number, forMs: number): readonly Figure[] => {
  const index = compileHosts(
    HOSTS,
    Array.from({ length: size }, (_, at) => workerAt(at)),
  );
  const requests = requestsTo(size);
  const simplest = floor(size);
  const ways = Object.entries(WAYS).map(([name, decide]) => [name, (request: Request) => decide(index, request)] as const);
  for (const [, decide] of ways) perSecond(decide, requests, forMs);
  perSecond(simplest, requests, forMs);
  return ways.map(([name, decide]) => {
    const ours: number[] = [];
    const least: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      ours.push(perSecond(decide, requests, forMs) / 1e6);
      least.push(perSecond(simplest, requests, forMs) / 1e6);
    }
    const figure = besides(`${name}, ${size.toLocaleString('en')} ${size === 1 ? 'Worker' : 'Workers'}`, 'million/s', ours, {
      name: 'one Map.get and one draw',
      values: least,
    });
    return withAim(figure, atLeast(figure.ours.median, LEAST_MILLIONS, 'million/s'));
  });
};

const perSecond = (decide: (request: Request) => string | undefined, requests: readonly Request[], forMs: number): number => {
  const startedAt = performance.now();
  let decided = 0;
  while (performance.now() - startedAt < forMs) {
    for (const request of requests) if (decide(request) !== undefined) decided += 1;
  }
  const elapsed = performance.now() - startedAt;
  if (decided % requests.length !== 0) throw new Error('Some request found no version: the table of this row is wrong.');
  return (decided / elapsed) * 1000;
};
