/** Runs versions in workerd: each in its own process, tried before it may be deployed, replaced when it fails. */
export { Supervisor, type SupervisorOptions } from './supervisor.ts';
export { DEFAULT_SETTINGS, type SupervisorSettings } from './settings.ts';
export { trySplit, tryVersion, type Trial, type TrialOptions } from './trial.ts';
export type { ExportedClass } from './trial-entry.ts';
export { Turns } from './turns.ts';
export { StartFailure, type StartFailureKind } from './start-failure.ts';
export {
  assetsSocketIn,
  cacheSocketIn,
  servicesSocketIn,
  VersionProcess,
  type DrainOptions,
  type ProcessOptions,
  type RunningVersion,
} from './version-process.ts';
export { endOrphans, makeProcessFolder } from './process-folder.ts';
export { privateFolder, removePrivateFolder } from './private-folder.ts';
export { ASSETS_HEADER, CACHE_HEADER, CF_BLOB_HEADER, planProcess, SCHEME_HEADER, type ProcessPlan } from './plan.ts';
export { renderConfig } from './config.ts';
export { capnpString } from './capnp-text.ts';
export { Child, describeEnding, type Ending, type ProcessFault } from './child.ts';
export { LIMIT_HEADER, PERIOD_HEADER } from './rate-limit-plan.ts';
export { BOUND_HEADER, QUEUE_DELAY_HEADER, RESOURCE_HEADER, resourceSocket, resourceSockets, type DataSocket } from './resource-plan.ts';
export {
  ADDRESS_HEADER,
  LEASED_SOURCE,
  MAIN_HEADER,
  NAMESPACE_HEADER,
  planAsk,
  REFUSAL_HEADER,
  SERVICE_HEADER,
  serviceRequest,
  type ServiceRequest,
} from './service-plan.ts';
export { untilReady } from './startup.ts';
export { workerdBinary } from './binary.ts';
export type { VerifiedModules } from './verified-modules.ts';
