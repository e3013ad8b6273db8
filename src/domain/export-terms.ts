import type { ObjectNamespace, ObjectStorage } from './durable-objects.ts';

/**
 * What an upload declares of one of its classes (https://developers.cloudflare.com/durable-objects/reference/durable-objects-migrations/).
 * It is there, or is to come from another Worker; or a tombstone says what becomes of the objects it had.
 */
export type ClassExport =
  | { readonly state: 'created'; readonly storage: ObjectStorage }
  | { readonly state: 'expecting-transfer'; readonly storage: ObjectStorage; readonly from: string }
  | { readonly state: 'deleted' }
  | { readonly state: 'renamed'; readonly to: string }
  | { readonly state: 'transferred'; readonly to: string }
  /** Not as the rules for its state say. */
  | { readonly state: 'invalid'; readonly fault: string };

/** A class that a Worker which serves waits to get from another one. */
export interface ExpectedClass {
  readonly script: string;
  readonly className: string;
  readonly from: string;
}

/** A binding to a class, in a version of another Worker that serves. */
export interface BoundClass {
  readonly script: string;
  readonly className: string;
  /** The Worker that the binding names. */
  readonly owner: string;
  readonly namespaceId: string | undefined;
}

export interface ExportsRequest {
  readonly script: string;
  readonly exports: ReadonlyMap<string, ClassExport>;
  /** The classes that the code exports. */
  readonly inCode: ReadonlySet<string>;
  /** All of the account that live. */
  readonly namespaces: readonly ObjectNamespace[];
  /** Those that exist among the Workers that the exports name. */
  readonly workers: ReadonlySet<string>;
  readonly expected: readonly ExpectedClass[];
  readonly bound: readonly BoundClass[];
  readonly newId: (className: string) => string;
}

/** Cloudflare's names of what can be wrong with an entry. */
export type ExportFaultScenario =
  | 'invalid_export'
  | 'provisioned_class_missing_from_config'
  | 'orphaned_provisioned_namespace'
  | 'config_export_not_in_code'
  | 'config_references_nonexistent_class'
  | 'storage_type_mismatch'
  | 'tombstone_delete_class_still_in_code'
  | 'tombstone_delete_blocked_by_external_bindings'
  | 'tombstone_renamed_to_occupied'
  | 'transferred_target_missing'
  | 'transferred_target_mismatch'
  | 'transferred_pending_not_found'
  | 'phase_one_transfer_source_missing'
  | 'phase_one_transfer_source_namespace_missing'
  | 'phase_one_transfer_target_class_provisioned'
  | 'phase_one_transfer_after_commit_mismatch'
  | 'phase_one_transfer_duplicate';

/** And of what is worth knowing about one. */
export type ExportNoteScenario =
  | 'code_class_not_in_exports'
  | 'stale_tombstone'
  | 'tombstone_class_still_in_code'
  | 'transfer_receive_already_applied';

export interface ExportRemark<Scenario> {
  readonly scenario: Scenario;
  readonly className: string;
  /** The other class, Worker or storage that it is about, or what is wrong in words. */
  readonly about?: string | undefined;
  readonly namespaceId?: string | undefined;
  /** The Workers that bind it. */
  readonly scripts?: readonly string[] | undefined;
}

export type ExportFault = ExportRemark<ExportFaultScenario>;
export type ExportNote = ExportRemark<ExportNoteScenario>;

export interface Reconciled {
  /** All of the account that live afterwards; they do not depend on what the code exports. */
  readonly namespaces: readonly ObjectNamespace[];
  readonly faults: readonly ExportFault[];
  readonly summary: ExportsSummary;
}

export interface ExportsSummary {
  readonly created: readonly string[];
  readonly deleted: readonly string[];
  readonly renamed: readonly { readonly from: string; readonly to: string }[];
  readonly transferred: readonly { readonly className: string; readonly to: string }[];
  readonly expected: readonly { readonly className: string; readonly from: string }[];
  readonly notes: readonly ExportNote[];
  readonly removable: readonly string[];
}
