import { z } from 'zod';
import { keepBindings, nullish, observability, versionSettings } from './shapes.ts';

/** The metadata part of an upload (https://developers.cloudflare.com/workers/configuration/multipart-upload-metadata/). */
export const uploadMetadata = z
  .looseObject({
    ...versionSettings,
    main_module: nullish(z.string()).describe('The module that is the entry; ES modules.'),
    body_part: nullish(z.string()).describe('The part that is the script; service-worker syntax, only on PUT.'),
    assets: nullish(z.object({ jwt: nullish(z.string()), config: nullish(z.record(z.string(), z.unknown())) })).describe(
      'The files of a finished upload session, and how they are served.',
    ),
    keep_assets: nullish(z.boolean()).describe('The files of the version before.'),
    keep_bindings: keepBindings,
    logpush: nullish(z.boolean()),
    observability: nullish(observability),
    tags: nullish(z.array(z.string())),
  })
  .meta({ id: 'UploadMetadata' });
