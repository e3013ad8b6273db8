import type { CertificateBinding, DurableObjectBinding, ResourceBinding, ServiceBinding } from './binding.ts';
import type { ExportFault } from './export-terms.ts';
import type { KvRefusal } from './kv.ts';
import type { LogpushRefusal } from './logpush/refusal.ts';
import type { ModuleNameFault } from './module-name.ts';
import type { ResourceKind } from './resource.ts';
import type { SplitRefusal } from './split.ts';

/** Every expected no of the product, with the facts its sentence needs. src/api/refusals.ts gives each its code, status and words. */
export type Refusal =
  | SplitRefusal
  | UploadRefusal
  | ObjectRefusal
  | ServiceRefusal
  | DeployRefusal
  | ResourceRefusal
  | KvRefusal
  | LogpushRefusal
  | TailRefusal
  | ObserveRefusal
  | AccessRefusal
  | SessionRefusal;

export type UploadRefusal =
  | { readonly code: 'worker_name_invalid'; readonly name: string }
  | { readonly code: 'metadata_missing' }
  | { readonly code: 'metadata_invalid'; readonly faults: readonly string[] }
  | { readonly code: 'main_module_missing' }
  | { readonly code: 'main_module_not_uploaded'; readonly name: string; readonly uploaded: readonly string[] }
  | { readonly code: 'module_name_invalid'; readonly name: string; readonly reason: ModuleNameFault }
  | { readonly code: 'module_twice'; readonly name: string }
  | { readonly code: 'module_type_unknown'; readonly name: string; readonly contentType: string }
  | { readonly code: 'python_unsupported'; readonly name: string }
  | { readonly code: 'service_worker_version' }
  | { readonly code: 'service_worker_parts'; readonly name: string }
  | { readonly code: 'metadata_unsupported'; readonly member: string }
  /** Another call takes it. */
  | { readonly code: 'metadata_elsewhere'; readonly member: string }
  | { readonly code: 'binding_unsupported'; readonly name: string; readonly type: string }
  | { readonly code: 'binding_invalid'; readonly name: string; readonly fault: string }
  | { readonly code: 'binding_twice'; readonly name: string }
  | { readonly code: 'inherit_missing'; readonly names: readonly string[] }
  | { readonly code: 'too_many_bindings'; readonly count: number; readonly limit: number }
  | { readonly code: 'compatibility_date_invalid'; readonly date: string }
  | { readonly code: 'tag_too_long'; readonly bytes: number; readonly limit: number }
  | { readonly code: 'message_too_long'; readonly bytes: number; readonly limit: number }
  | { readonly code: 'alias_invalid'; readonly alias: string; readonly reason: string }
  | { readonly code: 'secret_invalid'; readonly name: string; readonly fault: string }
  | { readonly code: 'secrets_too_large'; readonly bytes: number; readonly limit: number }
  | { readonly code: 'version_member_fixed'; readonly member: string }
  | { readonly code: 'version_binding_fixed'; readonly name: string; readonly type: string }
  | { readonly code: 'trial_failed'; readonly message: string }
  | { readonly code: 'first_upload_by_version'; readonly name: string }
  | { readonly code: 'upload_too_large'; readonly limit: number }
  | { readonly code: 'assets_too_many'; readonly count: number; readonly limit: number }
  | { readonly code: 'asset_invalid'; readonly path: string; readonly fault: string }
  | { readonly code: 'asset_not_wanted'; readonly hash: string }
  | { readonly code: 'asset_differs'; readonly hash: string; readonly expected: number; readonly size: number }
  | { readonly code: 'assets_config_invalid'; readonly member: string; readonly fault: string }
  | { readonly code: 'assets_incomplete'; readonly missing: number }
  | { readonly code: 'assets_missing' }
  | { readonly code: 'asset_session_invalid'; readonly fault: string }
  | { readonly code: 'form_invalid'; readonly detail: string };

/** Why a migration cannot be applied to the classes of a Worker. */
export type MigrationRefusal =
  | { readonly code: 'migration_tag_differs'; readonly expected: string | undefined; readonly current: string | undefined }
  | { readonly code: 'migration_invalid'; readonly fault: string }
  | { readonly code: 'migration_class_exists'; readonly action: 'new' | 'rename' | 'transfer'; readonly className: string }
  | { readonly code: 'migration_class_unknown'; readonly action: 'delete' | 'rename'; readonly className: string }
  /** What a class is taken from: there is no such Worker, or it has no such class. */
  | { readonly code: 'migration_source_unknown'; readonly className: string; readonly script: string; readonly reason: 'script' | 'class' };

/** Why what an upload declares of its classes does not fit the code or the objects there are. */
export type ExportsRefusal =
  | { readonly code: 'exports_with_migration' }
  | { readonly code: 'exports_not_reconciled'; readonly faults: readonly ExportFault[] }
  | { readonly code: 'version_changes_classes'; readonly classes: readonly string[] }
  | { readonly code: 'binding_needs_export'; readonly binding: DurableObjectBinding };

/** A version that serves and binds something, and the names that has in the version's `env`. */
export interface ServingUser {
  readonly script: string;
  readonly versionId: string;
  readonly bindings: readonly string[];
}

export type ServiceRefusal =
  | { readonly code: 'services_missing'; readonly bindings: readonly ServiceBinding[] }
  | WorkerHold
  | { readonly code: 'worker_held'; readonly reasons: readonly WorkerHold[] };

/** Why a Worker is not deleted but by force: what of others would miss it. */
export type WorkerHold =
  | { readonly code: 'worker_services_in_use'; readonly name: string; readonly users: readonly ServingUser[] }
  | { readonly code: 'worker_objects_in_use'; readonly name: string; readonly users: readonly ServingUser[] }
  | { readonly code: 'worker_consumes_queues'; readonly name: string; readonly queues: readonly string[] };

export type ObjectRefusal =
  | MigrationRefusal
  | ExportsRefusal
  | { readonly code: 'version_with_migration' }
  | { readonly code: 'class_not_exported'; readonly className: string; readonly isNew: boolean }
  | {
      readonly code: 'class_not_provisioned';
      readonly binding: DurableObjectBinding;
      /** No such Worker; none of its classes; or a class that this very upload deletes. */
      readonly reason: 'script' | 'class' | 'deleted';
      /** Those that the Worker has that is named for it. */
      readonly classes: readonly string[];
    }
  | { readonly code: 'class_in_use'; readonly className: string; readonly users: readonly ServingUser[] }
  | { readonly code: 'namespace_not_found'; readonly namespaceId: string };

/** What forbids a deployment, whatever is forced. */
export type Blocker =
  | SplitRefusal
  | { readonly code: 'version_not_found'; readonly versionId: string }
  | { readonly code: 'version_outside_window'; readonly versionId: string; readonly window: number }
  | { readonly code: 'version_resources_missing'; readonly versionId: string; readonly lost: readonly LostBinding[] }
  | { readonly code: 'version_services_missing'; readonly versionId: string; readonly bindings: readonly ServiceBinding[] }
  | { readonly code: 'split_of_objects'; readonly classes: readonly string[]; readonly versions: readonly VersionCompatibility[] }
  | { readonly code: 'split_of_exports'; readonly versionIds: readonly string[] }
  /** The classes that it was made for, and those that live now. */
  | {
      readonly code: 'version_classes_differ';
      readonly versionId: string;
      readonly made: readonly string[];
      readonly live: readonly string[];
    }
  | { readonly code: 'version_objects_missing'; readonly versionId: string; readonly bindings: readonly DurableObjectBinding[] };

/** What a version's code expects of the runtime. */
export interface VersionCompatibility {
  readonly versionId: string;
  readonly date: string | undefined;
  readonly flags: readonly string[];
}

/** A binding whose resource is gone and, where that is remembered, what it was called and who deleted it when. */
export interface LostBinding {
  readonly binding: ResourceBinding;
  readonly was?: { readonly name: string; readonly by: string; readonly on: string };
  /** The id of another one that has its name now. */
  readonly namesake?: string;
}

export interface SecretsChanged {
  readonly code: 'secrets_changed';
  readonly versionId: string;
  readonly names: readonly string[];
}

export type DeployRefusal =
  | Exclude<Blocker, SplitRefusal>
  | SecretsChanged
  | { readonly code: 'deployment_refused'; readonly reasons: readonly (Blocker | SecretsChanged)[] }
  | { readonly code: 'version_is_live'; readonly versionId: string }
  /** Each starts alone, and both do not in the one process that their objects need. */
  | { readonly code: 'split_does_not_start'; readonly versionIds: readonly string[]; readonly message: string }
  | { readonly code: 'active_deployment_changed'; readonly expected: string; readonly active: ActiveDeployment | undefined }
  | { readonly code: 'deployment_not_found'; readonly deploymentId: string }
  | { readonly code: 'deployment_is_active'; readonly deploymentId: string }
  | { readonly code: 'no_versions'; readonly name: string }
  | { readonly code: 'nothing_deployed'; readonly name: string };

export interface ActiveDeployment {
  readonly id: string;
  readonly by: string;
  readonly createdOn: string;
}

/** What of a Worker clients read, change and send back whole. */
export type WorkerPart = 'versions' | 'settings' | 'secrets' | 'script_settings' | 'schedules';

export interface LastChange {
  readonly by: string;
  readonly on: string;
  /** The number of the version that was made. */
  readonly version?: number;
  /** What was changed is what serves. */
  readonly isDeployment?: true;
}

export type ResourceRefusal =
  | { readonly code: 'resource_exists'; readonly kind: ResourceKind; readonly name: string }
  | { readonly code: 'resource_not_found'; readonly kind: ResourceKind; readonly key: string }
  | {
      readonly code: 'resource_in_use';
      readonly kind: ResourceKind;
      readonly id: string;
      readonly name: string;
      readonly users: readonly { readonly script: string; readonly versionId: string; readonly bindings: readonly string[] }[];
      /** What consumes a queue, or sends to it what it could not handle. */
      readonly consumers?: readonly { readonly script: string; readonly queue: string }[];
    }
  | { readonly code: 'resource_name_invalid'; readonly kind: ResourceKind; readonly name: string; readonly fault: string }
  | { readonly code: 'resources_missing'; readonly bindings: readonly ResourceBinding[] }
  | { readonly code: 'certificate_invalid'; readonly fault: string }
  /** Bound to be shown to servers; authorities are there to be listed only. */
  | { readonly code: 'certificate_is_authority'; readonly binding: CertificateBinding }
  /** In SQLite's words. */
  | { readonly code: 'sql_refused'; readonly reason: string }
  /** In R2's words, with its code at Cloudflare. */
  | { readonly code: 'r2_refused'; readonly status: number; readonly number: number; readonly reason: string }
  | { readonly code: 'queue_settings_invalid'; readonly faults: readonly string[] }
  | { readonly code: 'queue_consumer_invalid'; readonly faults: readonly string[] }
  | { readonly code: 'queue_consumer_exists'; readonly queue: string; readonly script: string }
  | { readonly code: 'queue_consumer_not_found'; readonly queue: string; readonly consumerId: string }
  | { readonly code: 'queue_handler_missing'; readonly script: string }
  | { readonly code: 'queue_keeps_name'; readonly name: string; readonly wanted: string }
  | { readonly code: 'data_refused'; readonly kind: ResourceKind; readonly status: number; readonly reason: string }
  | { readonly code: 'worker_not_found'; readonly name: string }
  | { readonly code: 'changed_meanwhile'; readonly part: WorkerPart; readonly name: string; readonly last: LastChange | undefined }
  | {
      readonly code: 'trigger_changed';
      readonly kind: 'route' | 'domain' | 'consumer';
      /** The pattern, the host or the queue. */
      readonly name: string;
      readonly last: LastChange | undefined;
    }
  | { readonly code: 'service_not_found'; readonly name: string }
  | { readonly code: 'worker_renamed'; readonly name: string; readonly to: string }
  | { readonly code: 'worker_exists'; readonly name: string }
  | { readonly code: 'environment_not_found'; readonly environment: string }
  | { readonly code: 'secret_not_found'; readonly name: string }
  | { readonly code: 'secret_name_invalid'; readonly name: string }
  | { readonly code: 'secret_name_taken'; readonly name: string; readonly type: string }
  | { readonly code: 'route_not_found'; readonly routeId: string }
  | { readonly code: 'route_pattern_invalid'; readonly pattern: string; readonly reason: string }
  | { readonly code: 'route_taken'; readonly pattern: string; readonly script: string | null }
  | { readonly code: 'zone_not_found'; readonly zone: string }
  | { readonly code: 'zone_name_invalid'; readonly zone: string }
  | { readonly code: 'zone_exists'; readonly zone: string }
  | { readonly code: 'hostname_not_in_zone'; readonly hostname: string }
  | { readonly code: 'hostname_taken'; readonly hostname: string; readonly script: string }
  | { readonly code: 'domain_not_found'; readonly domainId: string }
  | { readonly code: 'cron_invalid'; readonly cron: string; readonly reason: string }
  | { readonly code: 'subdomain_name_invalid'; readonly name: string }
  | { readonly code: 'subdomain_free'; readonly name: string }
  | { readonly code: 'token_not_found'; readonly tokenId: string }
  | { readonly code: 'token_exists'; readonly name: string }
  | { readonly code: 'token_is_operator' }
  | { readonly code: 'product_not_offered'; readonly product: string };

export type TailRefusal =
  | { readonly code: 'too_many_tails'; readonly name: string; readonly limit: number }
  | { readonly code: 'tail_not_found'; readonly tailId: string };

export type ObserveRefusal =
  | { readonly code: 'invocation_not_found'; readonly name: string; readonly id: string }
  | { readonly code: 'module_not_found'; readonly name: string; readonly versionId: string }
  /** What is no text, or a source map, or too long to be read beside another. */
  | { readonly code: 'module_unreadable'; readonly name: string; readonly reason: 'binary' | 'source_map' | 'long' };

export type AccessRefusal =
  | { readonly code: 'token_missing' }
  | { readonly code: 'token_wrong' }
  | { readonly code: 'account_foreign'; readonly accountId: string }
  | { readonly code: 'host_unknown'; readonly host: string }
  | { readonly code: 'path_unknown'; readonly method: string; readonly path: string }
  | { readonly code: 'method_unknown'; readonly method: string; readonly path: string; readonly allowed: readonly string[] }
  | { readonly code: 'body_not_json'; readonly detail: string }
  | { readonly code: 'body_too_large'; readonly limit: number; readonly meaning?: string | undefined }
  | { readonly code: 'request_invalid'; readonly faults: readonly string[] };

export type SessionRefusal =
  | { readonly code: 'session_missing' }
  /** It expired, was ended, or its token was revoked. */
  | { readonly code: 'session_ended' }
  | { readonly code: 'sign_in_code_wrong' }
  | { readonly code: 'sign_ins_too_many'; readonly retryAfterSeconds: number }
  | { readonly code: 'too_many_readers'; readonly limit: number }
  | { readonly code: 'csrf_token_wrong' }
  /** Where it comes from, as the browser says. */
  | { readonly code: 'request_foreign'; readonly from: string };
