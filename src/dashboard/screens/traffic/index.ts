export { announce, wayBackTo, type Made } from './announce.tsx';
export { StaleBanner } from './stale-banner.tsx';
export { TrafficSince } from './traffic-since.tsx';
export { sharesOf, tagOf, useServing, type Active, type Candidate, type Serving } from './use-serving.ts';
export type { WatchedVersion } from './watched.ts';
