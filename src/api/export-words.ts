import {
  storageWord,
  type ExportFault,
  type ExportFaultScenario,
  type ExportNote,
  type ExportNoteScenario,
  type ExportsSummary,
} from '../domain/index.ts';

interface Words {
  readonly message: string;
  /** What to do. */
  readonly suggestion: string;
}

const said = (message: string, suggestion: string): Words => ({ message, suggestion });

const alive = (name: string): string => `an \`exports\` entry ${JSON.stringify({ [name]: { type: 'durable-object', storage: 'sqlite' } })}`;

/**
 * What is wrong with an entry of `exports`, by Cloudflare's names for it
 * (https://developers.cloudflare.com/durable-objects/reference/durable-objects-migrations/#error-reference).
 */
const faultWords: { readonly [Scenario in ExportFaultScenario]: (fault: ExportFault) => Words } = {
  invalid_export: ({ className, about = '' }) => said(`The entry is invalid: ${about}.`, `Correct the entry of '${className}'.`),
  provisioned_class_missing_from_config: ({ className }) =>
    said(
      `A namespace exists for '${className}', which the code exports, but no \`exports\` entry declares it.`,
      `Add ${alive(className)} to keep its objects, or a tombstone (\`deleted\`, \`renamed\` or \`transferred\`) to retire them.`,
    ),
  orphaned_provisioned_namespace: ({ className }) =>
    said(
      `A namespace exists for '${className}' but no \`exports\` entry declares it.`,
      `Add an \`exports\` entry for '${className}' and the class to the code, or add a \`deleted\` tombstone to remove the namespace.`,
    ),
  config_export_not_in_code: ({ className }) =>
    said(
      `The entry declares '${className}', which the code does not export.`,
      'Export the class from the main module, or replace the entry with a tombstone.',
    ),
  config_references_nonexistent_class: ({ className }) =>
    said(
      `'${className}' is neither exported by the code nor has it objects.`,
      'Remove the entry, or export the class from the main module.',
    ),
  storage_type_mismatch: ({ about }) => {
    const storage = about === 'kv' || about === 'sqlite' ? storageWord(about) : about;
    return said(
      `The objects of this class have the storage "${storage}", which never changes.`,
      `Declare "storage": "${storage}". For another storage delete the objects first, with a \`deleted\` tombstone.`,
    );
  },
  tombstone_delete_class_still_in_code: ({ className }) =>
    said(`A \`deleted\` tombstone names '${className}', which the code still exports.`, 'Remove the class from the code.'),
  tombstone_delete_blocked_by_external_bindings: ({ className }) =>
    said(`Other Workers bind the objects of '${className}'.`, 'Deploy these Workers without the binding first.'),
  tombstone_renamed_to_occupied: ({ className, about }) =>
    said(
      `'${className}' cannot be renamed to '${about}', which has objects of its own.`,
      `Rename it to a name that no class has, or delete the objects of '${about}' in a deployment before.`,
    ),
  transferred_target_missing: ({ about }) => said(`There is no Worker '${about}'.`, 'Set `transferred_to` to a Worker that exists.'),
  transferred_target_mismatch: ({ className, about }) =>
    said(
      `The Worker that waits for '${className}' is '${about}'.`,
      `Set \`transferred_to\` to '${about}', or deploy that Worker without its \`expecting-transfer\` entry and the right one with it.`,
    ),
  transferred_pending_not_found: ({ className, about }) =>
    said(
      `The Worker '${about}' does not wait for '${className}'.`,
      `Deploy '${about}' first, with an \`expecting-transfer\` entry for '${className}' that names this Worker.`,
    ),
  phase_one_transfer_source_missing: ({ about }) =>
    said(`There is no Worker '${about}'.`, 'Set `transfer_from` to the Worker that has the class.'),
  phase_one_transfer_source_namespace_missing: ({ className, about }) =>
    said(`The Worker '${about}' has no objects of '${className}'.`, 'A class is transferred under its name. Deploy it there first.'),
  phase_one_transfer_target_class_provisioned: ({ className }) =>
    said(
      `This Worker has objects of '${className}' already.`,
      'Make the entry a plain one, without `state` and `transfer_from`; or delete its own objects in a deployment before.',
    ),
  phase_one_transfer_after_commit_mismatch: ({ className, about }) =>
    said(
      `'${className}' came to this Worker from '${about}', and cannot come a second time.`,
      'Make the entry a plain one, without `state` and `transfer_from`.',
    ),
  phase_one_transfer_duplicate: ({ className, about }) =>
    said(
      `The version that serves waits for '${className}' from '${about}'.`,
      'Deploy without the entry first, which cancels that; then with the new one.',
    ),
};

const noteWords: { readonly [Scenario in ExportNoteScenario]: (note: ExportNote) => string } = {
  code_class_not_in_exports: ({ className }) =>
    `The code exports the class '${className}', and no \`exports\` entry declares it: it has no objects.`,
  stale_tombstone: ({ className, about, scripts = [] }) =>
    `Tombstone of type '${about}' for class '${className}' has no effect (no namespace exists with this class name). ` +
    (scripts.length === 0 ? 'Safe to remove from `exports`.' : 'Other Workers still bind the class under this name.'),
  tombstone_class_still_in_code: ({ className, about }) =>
    `Tombstone of type '${about}' applied. Class '${className}' is still exported in code; remove it when nothing needs it any more.`,
  transfer_receive_already_applied: ({ className, about }) =>
    `'${className}' has come from '${about}'. The entry can be made a plain one, without \`state\` and \`transfer_from\`.`,
};

const referencing = ({ scripts = [] }: Pick<ExportNote, 'scripts'>) => (scripts.length === 0 ? {} : { referencing_scripts: scripts });
const ofNamespace = ({ namespaceId }: Pick<ExportNote, 'namespaceId'>) => (namespaceId === undefined ? {} : { namespace_id: namespaceId });

/** One of `errors[0].meta.details`, which wrangler prints. */
export const exportFaultView = (fault: ExportFault) => ({
  class: fault.className,
  scenario: fault.scenario,
  ...faultWords[fault.scenario](fault),
  ...ofNamespace(fault),
  ...referencing(fault),
});

/** `exports_reconciliation` of the answer to an upload. */
export const reconciliationView = (summary: ExportsSummary) => ({
  created: summary.created,
  // No entry changes a namespace in its place here.
  updated: [],
  deleted: summary.deleted,
  renamed: summary.renamed,
  transferred: summary.transferred.map(({ className, to }) => ({ class: className, to, phase: 'committed' as const })),
  transfer_pending: summary.expected.map(({ className, from }) => ({ class: className, from })),
  warnings: [],
  info: summary.notes.map((note) => ({
    class: note.className,
    scenario: note.scenario,
    message: noteWords[note.scenario](note),
    ...ofNamespace(note),
    ...referencing(note),
  })),
  removable_entries: summary.removable,
});
