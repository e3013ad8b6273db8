import type { DurableObjectBinding, Refusal } from '../domain/index.ts';
import { exportFaultView } from './export-words.ts';
import type { Spoken } from './refusals.ts';

const said = (status: number, code: number, message: string): Spoken => ({ status, code, message });
type Of<Code extends Refusal['code']> = Extract<Refusal, { readonly code: Code }>;

/**
 * What refusals about Durable Objects say. They begin with Cloudflare's sentence where one is known, because its users search for it,
 * and go on with what to do here.
 */
export const objectWords = {
  version_with_migration: () =>
    said(
      400,
      10211,
      'Version upload failed. You attempted to upload a version of a Worker that includes a Durable Object migration, but migrations must be fully applied via a non-versioned deployment. ' +
        'A migration changes which objects exist at once and for every version, so it cannot wait for a later deployment. Nothing was stored. Run `wrangler deploy`, best with the migration alone; then upload versions as before.',
    ),
  migration_tag_differs: ({ current, expected }: Of<'migration_tag_differs'>) =>
    said(
      412,
      10079,
      `Migration tag precondition failed; current tag is ${current ?? 'none'}, and the upload expects ${expected ?? 'none'}. Somebody may have deployed in the meantime: deploy again, with every migration that was ever applied still in the configuration.`,
    ),
  migration_invalid: ({ fault }: Of<'migration_invalid'>) =>
    said(400, 10021, `The migration cannot be applied: ${fault}. Nothing was changed.`),
  exports_with_migration: () =>
    said(
      400,
      10021,
      'The metadata has both "exports" of Durable Object classes and "migrations". Send one of them: they are two ways to say the same.',
    ),
  exports_not_reconciled: ({ faults }: Of<'exports_not_reconciled'>) => {
    const details = faults.map(exportFaultView);
    const sentences = details.map(({ class: className, message, suggestion }) => `${className}: ${message} ${suggestion}`);
    return {
      status: 400,
      code: 100402,
      message: `Durable Object exports reconciliation failed, and nothing was changed. ${sentences.join(' ')}`,
      meta: { details },
    };
  },
  version_changes_classes: ({ classes }: Of<'version_changes_classes'>) =>
    said(
      400,
      10211,
      `Version upload failed. Its "exports" would change which Durable Objects exist (${classes.join(', ')}), at once and for every version, so it cannot wait for a later deployment. Nothing was changed. Run \`wrangler deploy\`; then upload versions as before.`,
    ),
  binding_needs_export: ({ binding: { name, class_name: className } }: Of<'binding_needs_export'>) =>
    said(
      400,
      100406,
      `The binding ${JSON.stringify(name)} depends on the class '${className}', which "exports" declare and which has no objects yet: an upload that is not deployed makes none. Run \`wrangler deploy\` once, then upload versions as before.`,
    ),
  split_of_exports: ({ versionIds }: Of<'split_of_exports'>) =>
    said(
      400,
      100405,
      `All versions in a multi-version deployment must declare identical \`exports\`, and those of ${versionIds.join(' and ')} differ. Deploy one of them at 100 %.`,
    ),
  migration_source_unknown: ({ className, script, reason }: Of<'migration_source_unknown'>) =>
    said(
      400,
      100366,
      `Cannot apply transferred-class migration to class '${className}' of script '${script}', because ${reason === 'script' ? 'there is no Worker of that name' : 'no Durable Objects of that Worker have that class'}. GET /accounts/<account id>/workers/durable_objects/namespaces lists those there are.`,
    ),
  migration_class_exists: ({ action, className }: Of<'migration_class_exists'>) =>
    action === 'new'
      ? said(
          400,
          10074,
          `Cannot apply new-class migration to class '${className}' that is already depended on by existing Durable Objects. Leave it out of the migration: its objects are there.`,
        )
      : said(
          400,
          10074,
          `Cannot apply ${action === 'rename' ? 'renamed' : 'transferred'}-class migration to class '${className}' that is already depended on by existing Durable Objects. Take a name that no class has, or delete the objects of that class first.`,
        ),
  migration_class_unknown: ({ action, className }: Of<'migration_class_unknown'>) =>
    said(
      400,
      100360,
      `Cannot apply ${action}-class migration to class '${className}', because no Durable Objects of this Worker have that class. GET /accounts/<account id>/workers/durable_objects/namespaces lists those there are.`,
    ),
  class_not_exported: ({ className, isNew }: Of<'class_not_exported'>) =>
    isNew
      ? said(
          400,
          10070,
          `Cannot apply new-class migration to class '${className}' that is not exported by script. Export it from the main module, under this very name.`,
        )
      : said(
          400,
          10064,
          `New version of script does not export class '${className}' which is depended on by existing Durable Objects. If you want to delete the Durable Objects and their data, use a delete-class migration; if the class has another name now, a renamed-class migration; else export it again.`,
        ),
  class_not_provisioned: ({ binding, reason, classes }: Of<'class_not_provisioned'>) => {
    const { name, class_name: className, script_name: script } = binding;
    if (reason === 'script') {
      return said(
        400,
        10061,
        `Cannot create binding for class '${className}' in script '${script}' that does not exist. Deploy that Worker first; the binding is ${JSON.stringify(name)}.`,
      );
    }
    if (reason === 'deleted') {
      return said(
        400,
        10061,
        `Cannot apply --delete-class migration to class '${className}' without also removing the binding that references it: ${JSON.stringify(name)}.`,
      );
    }
    if (script !== undefined) {
      const what =
        classes.length === 0 ? 'no class with Durable Objects: name' : `the classes ${classes.join(', ')}: bind one of these, or name`;
      return said(
        400,
        10061,
        `Cannot create binding for class '${className}' in script '${script}' because it is not currently configured to implement Durable Objects. The Worker ${JSON.stringify(script)} has ${what} this one in "new_sqlite_classes" of a migration of ${JSON.stringify(script)} and deploy that Worker first. The binding is ${JSON.stringify(name)}.`,
      );
    }
    return said(
      400,
      10061,
      `Cannot create binding for class '${className}' because it is not currently configured to implement Durable Objects. Ensure a new-class migration has been applied to it: name it in "new_sqlite_classes" of a migration and run \`wrangler deploy\`. The binding is ${JSON.stringify(name)}.`,
    );
  },
  class_in_use: ({ className, users }: Of<'class_in_use'>) =>
    said(
      400,
      10061,
      `Cannot apply --delete-class migration to class '${className}' without also removing the binding that references it: ${users.map(describeUser).join('; ')}. Deploy these Workers without it first.`,
    ),
  namespace_not_found: ({ namespaceId }: Of<'namespace_not_found'>) =>
    said(
      404,
      100367,
      `There is no Durable Object namespace ${JSON.stringify(namespaceId)}. GET /accounts/<account id>/workers/durable_objects/namespaces lists those there are.`,
    ),
  worker_objects_in_use: ({ name, users }: Of<'worker_objects_in_use'>) =>
    said(
      409,
      100361,
      `The Worker ${JSON.stringify(name)} was not deleted, because others use its Durable Objects: ${users.map(describeUser).join('; ')}. Deploy these without the bindings first, or delete it and its objects all the same with \`wrangler delete --force\` (?force=true).`,
    ),
  split_of_objects: ({ classes, versions }: Of<'split_of_objects'>) =>
    said(
      400,
      100362,
      `This Worker has Durable Objects (${classes.join(', ')}), which run in one process for both versions of a split, so both need the same compatibility date and flags: ${versions.map(describeCompatibility).join('; ')}. Upload one of them again with the settings of the other, or deploy one version at 100 %.`,
    ),
  split_does_not_start: ({ versionIds, message }: Of<'split_does_not_start'>) =>
    said(
      400,
      100368,
      `The versions ${versionIds.join(' and ')} cannot share this Worker's Durable Objects. Each of them starts alone, but both do not in the one process that a split of them needs: ${beginningOf(message)}. Nothing was deployed. Have them leave the global scope as it is, or deploy one version at 100 %.`,
    ),
  version_classes_differ: ({ versionId, made, live }: Of<'version_classes_differ'>) =>
    said(
      409,
      100363,
      `The version ${versionId} cannot be deployed, because a Durable Object migration lies between it and what serves now: it was made for ${classesIn(made)}, and now there are objects of ${classesIn(live)}. Deploy a version uploaded since; or upload its code again with \`wrangler deploy\`, with the classes that exist now.`,
    ),
  version_objects_missing: ({ versionId, bindings }: Of<'version_objects_missing'>) =>
    said(
      409,
      100364,
      `The version ${versionId} cannot be deployed, because Durable Objects it binds are no longer there: ${describeLostObjects(bindings)}. Upload a version without these bindings, or one that binds a class that exists.`,
    ),
};

export const describeLostObjects = (bindings: readonly DurableObjectBinding[]): string =>
  bindings
    .map(({ name, class_name, script_name }) => `${name} binds the class ${class_name} of ${script_name ?? 'this Worker'}`)
    .join('; ');

/** What was thrown, and where: its path begins with the version. */
const beginningOf = (message: string): string =>
  message
    .split('\n', 2)
    .map((line) => line.trim())
    .join(' ');

const describeCompatibility = ({ versionId, date, flags }: Of<'split_of_objects'>['versions'][number]): string =>
  `${versionId} has ${date ?? 'no date'} and ${flags.length === 0 ? 'no flags' : flags.join(', ')}`;

const describeUser = ({ script, versionId, bindings }: Of<'class_in_use'>['users'][number]): string =>
  `version ${versionId} of ${script} serves and binds it as ${bindings.join(', ')}`;

const classesIn = (names: readonly string[]): string =>
  names.length === 0 ? 'no class' : `${names.length === 1 ? 'the class' : 'the classes'} ${names.join(', ')}`;
