export type * from './binding.ts';
export { isSecret } from './binding.ts';
export type * from './version.ts';
export {
  MOST_VERSIONS_IN_A_SPLIT,
  percentageOf,
  soleVersion,
  splitFrom,
  WHOLE,
  type RequestedShare,
  type Share,
  type Split,
  type SplitRefusal,
  type VersionShare,
} from './split.ts';
export { listedDeployments, standsAlone, type Deployment } from './deployment.ts';
export { tableAfter, type HostTable, type RouteEntry, type RoutingTable, type TableChange, type WorkerEntry } from './routing-table.ts';
export type * from './feed.ts';
