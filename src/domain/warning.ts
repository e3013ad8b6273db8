import type { DatabaseBinding, DurableObjectBinding, ResourceBinding, ServiceBinding } from './binding.ts';
import type { EventSources } from './proposal.ts';
import type { LostBinding, SecretsChanged } from './refusal.ts';

/** What does not forbid a deployment and should be known before it; only changed secrets need to be forced. */
export type Warning =
  | SecretsChanged
  /** Somebody deleted it while this version served. */
  | { readonly code: 'serves_without_resources'; readonly versionId: string; readonly lost: readonly LostBinding[] }
  | { readonly code: 'serves_without_services'; readonly versionId: string; readonly bindings: readonly ServiceBinding[] }
  | { readonly code: 'serves_without_objects'; readonly versionId: string; readonly bindings: readonly DurableObjectBinding[] }
  /** What its Worker is called for waits, or is missed, while it serves. */
  | {
      readonly code: 'handler_missing';
      readonly versionId: string;
      readonly handler: keyof EventSources;
      readonly sources: readonly string[];
    }
  | {
      readonly code: 'service_redeployed';
      readonly versionId: string;
      readonly binding: ServiceBinding;
      readonly deployedOn: string;
      readonly since: string;
    }
  | {
      readonly code: 'resource_recreated';
      readonly versionId: string;
      readonly binding: ResourceBinding;
      readonly createdOn: string;
      readonly since: string;
    }
  | {
      readonly code: 'schema_changed';
      readonly versionId: string;
      readonly binding: DatabaseBinding;
      /** Of the database. */
      readonly name: string;
      readonly changedOn: string;
      readonly since: string;
    }
  | { readonly code: 'schema_unknown'; readonly versionId: string; readonly binding: DatabaseBinding; readonly name: string };
