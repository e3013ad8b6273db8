import { z } from 'zod';
import { keepBindings, nullish, observability, versionSettings } from './shapes.ts';

const className = z.string();
const classNames = nullish(z.array(className));

const migrationStep = {
  new_classes: classNames,
  new_sqlite_classes: classNames,
  renamed_classes: nullish(z.array(z.object({ from: className, to: className }))),
  deleted_classes: classNames,
  transferred_classes: nullish(z.array(z.object({ from: className, from_script: z.string(), to: className }))),
};

/** Which Durable Object classes come, go or change their names: the steps after `old_tag`, or a single one. */
export const migrations = nullish(
  z.object({
    old_tag: nullish(z.string()),
    new_tag: nullish(z.string()),
    steps: nullish(z.array(z.object(migrationStep))),
    ...migrationStep,
  }),
).describe('Durable Object classes that come, go or change their names. Only where the upload is deployed at once.');

const durableObjectExport = {
  type: z.string().describe('`durable-object`, or `worker` for an entrypoint.'),
  state: nullish(z.string()).describe('`created` where absent.'),
  storage: nullish(z.string()),
  renamed_to: nullish(z.string()),
  transferred_to: nullish(z.string()),
  transfer_from: nullish(z.string()),
  container: nullish(z.string()),
};

/** Twice the classes that a Worker may have, for tombstones and entrypoints. */
const MOST_EXPORTS = 1000;

const exportsByName = z
  .record(z.string(), z.looseObject(durableObjectExport))
  .refine((entries) => Object.keys(entries).length <= MOST_EXPORTS, `has more than ${MOST_EXPORTS} entries`);

/** What the version exports, by name. Other members of an entry are kept as they are. */
export const exportsMember = nullish(exportsByName).describe(
  'Durable Object classes as they are to be; held against the code and the objects there are. Not together with `migrations`.',
);

/** What is shown of it: classes and entrypoints that live. */
export const shownExports = z.record(z.string(), z.looseObject({ type: z.string() }));

const remark = {
  class: z.string(),
  scenario: z.string(),
  message: z.string(),
  namespace_id: z.string().optional(),
  referencing_scripts: z.array(z.string()).optional(),
};

/** What became of the classes that an upload declared. */
export const reconciliation = z
  .object({
    created: z.array(z.string()),
    updated: z.array(z.string()),
    deleted: z.array(z.string()),
    renamed: z.array(z.object({ from: z.string(), to: z.string() })),
    transferred: z.array(z.object({ class: z.string(), to: z.string(), phase: z.literal('committed') })),
    transfer_pending: z.array(z.object({ class: z.string(), from: z.string() })),
    warnings: z.array(z.object(remark)),
    info: z.array(z.object(remark)),
    removable_entries: z.array(z.string()),
  })
  .meta({ id: 'ExportsReconciliation' });

/** The files a version gets, whichever way it is sent. */
export const versionAssets = {
  assets: nullish(z.object({ jwt: nullish(z.string()), config: nullish(z.record(z.string(), z.unknown())) })).describe(
    'The files of a finished upload session, and how they are served.',
  ),
  keep_assets: nullish(z.boolean()).describe('The files of the version before.'),
};

/** The metadata part of an upload (https://developers.cloudflare.com/workers/configuration/multipart-upload-metadata/). */
export const uploadMetadata = z
  .looseObject({
    ...versionSettings,
    main_module: nullish(z.string()).describe('The module that is the entry; ES modules.'),
    body_part: nullish(z.string()).describe('The part that is the script; service-worker syntax, only on PUT.'),
    ...versionAssets,
    migrations,
    exports: exportsMember,
    keep_bindings: keepBindings,
    logpush: nullish(z.boolean()),
    observability: nullish(observability),
    tags: nullish(z.array(z.string())),
  })
  .meta({ id: 'UploadMetadata' });
