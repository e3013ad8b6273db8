export type * from './binding.ts';
export { isSecret } from './binding.ts';
export type * from './version.ts';
export type * from './durable-objects.ts';
export { areSameClasses, classesOf, following, isLeftBehind, isObjectBinding, resolveObjects } from './durable-objects.ts';
export { migrate, namespaceChanges, sourcesOf, type Migrated, type Migration, type NamespaceChanges } from './migrations.ts';
export type * from './export-terms.ts';
export { declaredAlive, reconcile } from './exports.ts';
export { classExports, declareTheSame, liveExports, storageWord, type GivenExport, type GivenExports } from './given-exports.ts';
export { codeOf, hasScript } from './version.ts';
export { inheritedFrom, withLineages } from './lineage.ts';
export { isServiceBinding, withoutService } from './services.ts';
export * from './assets/index.ts';
export * from './compare/index.ts';
export * from './history/index.ts';
export * from './queue.ts';
export { r2BucketName, r2StorageClass } from './r2.ts';
export { KV_LIMITS, kvCount, kvExpiry, kvKey, kvMetadata, kvTitle, kvValue, type KvExpiry, type KvFault, type KvRefusal } from './kv.ts';
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
export { LISTED_DEPLOYMENTS, listedDeployments, standsAlone, type Deployment } from './deployment.ts';
export { INVOCATION_KINDS, OUTCOMES, type InvocationKind, type Outcome } from './invocation.ts';
export { collectsOf, collectsOtherwise, type Collects } from './collects.ts';
export {
  tableAfter,
  type HostTable,
  type RouteEntry,
  type RoutingTable,
  type TableChange,
  type WorkerAssets,
  type WorkerEntry,
} from './routing-table.ts';
export type * from './feed.ts';
export { hyphenated, legacyEntry, legacyLog, mainVersion, type LegacyEntry } from './legacy-log.ts';
export { carriedOver, deployedAlone, needsForce, planDeployment, type DeployRequest } from './deploy.ts';
export { isInWindow, newestOf, preflight, type Preflight } from './preflight.ts';
export type * from './proposal.ts';
export type * from './warning.ts';
export { differencesBetween, type Compared, type Differences, type NameDifferences, type Pair } from './differences.ts';
export { annotationsFrom, isBindingName, isSubdomainName, isWorkerName, isZoneName, MOST_MESSAGE_BYTES, MOST_TAG_BYTES } from './names.ts';
export {
  broughtBack,
  changedSecrets,
  inheritable,
  isSameSecret,
  MOST_BINDINGS,
  resolveBindings,
  secretChange,
  withSecretsOf,
  type BindingsRequest,
  type SecretChange,
} from './bindings.ts';
export {
  isDataBinding,
  isResource,
  isResourceBinding,
  keyOf,
  reaches,
  refOf,
  withoutResource,
  type DataKind,
  type Resource,
  type ResourceKind,
  type ResourceRef,
} from './resource.ts';
export { cacheLifetime, type CacheableResponse, type CacheLifetime } from './cache-lifetime.ts';
export { cronFault, tickAfter } from './cron.ts';
export { checkedSpec } from './runnable.ts';
export {
  checkPart,
  classesDeclaredIn,
  isCompatibilityDate,
  keptMembers,
  migrationIn,
  unsupportedMember,
  uploadedCode,
  type UploadedCode,
  type UploadedFile,
  type UploadMetadata,
  type UploadPath,
} from './upload.ts';
export { LEADS_INSIDE } from './leads-inside.ts';
export {
  LOGPUSH_DATASET,
  LOGPUSH_FIELD_NAMES,
  LOGPUSH_FIELDS,
  isLogpushField,
  type LogpushField,
  type LogpushKind,
  type LogpushRow,
} from './logpush/fields.ts';
export { passes, readLogpushFilter, type LogpushFilter } from './logpush/filter.ts';
export { isSampled } from './logpush/sample.ts';
export { datedPath, HIDDEN, readDestination, redactedDestination, type LogpushDestination } from './logpush/destination.ts';
export { readLogpullOptions, readOutputOptions, USUAL_OUTPUT, type LogpushOutput } from './logpush/options.ts';
export { checkDataset, planLogpush, USUAL_LOGPUSH, type BatchLimits, type LogpushPlan, type LogpushSettings } from './logpush/job.ts';
export type { LogpushRefusal } from './logpush/refusal.ts';
export type * from './refusal.ts';
export { parseRoutePattern, type RoutePattern, type RoutePatternRefusal, type Scheme } from './route-pattern.ts';
export { compileHosts, matchRequest, plainHost, type HostIndex, type Match, type NoMatch } from './match.ts';
export { pickForObject, pickVersion, type Pick, type PickRequest } from './pick.ts';
export {
  ANSWER_HEADER,
  DEBUG_HEADER,
  KEY_HEADER,
  overrideFor,
  OVERRIDES_HEADER,
  versionAnswer,
  type OverrideIgnored,
  type VersionAnswer,
} from './version-headers.ts';
export { MOST_MODULE_NAME_BYTES, moduleKindFrom, moduleNameFrom, type ModuleKindRefusal, type ModuleNameFault } from './module-name.ts';
