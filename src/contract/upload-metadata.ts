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
    keep_bindings: keepBindings,
    logpush: nullish(z.boolean()),
    observability: nullish(observability),
    tags: nullish(z.array(z.string())),
  })
  .meta({ id: 'UploadMetadata' });
