import { answered, type Uploaded } from '../../control/index.ts';
import { uploadMetadata, type BodyOf, type Endpoints } from '../../contract/index.ts';
import type { UploadedFile, Version } from '../../domain/index.ts';
import type { WorkerSettings } from '../../store/index.ts';
import type { Api } from '../api.ts';
import { reconciliationView } from '../export-words.ts';
import type { UploadForm } from '../form/index.ts';

export type Metadata = NonNullable<BodyOf<Endpoints['putScript']>>;

/** A body that is JavaScript and no form stands for a form with that one script. */
export const asForm = (
  form: UploadForm,
  metadata: Metadata | undefined,
): { readonly metadata: Metadata | undefined; readonly files: readonly UploadedFile[] } => {
  if (form.script === undefined) return { metadata, files: form.files };
  const isModule = form.script.contentType.includes('+module');
  const filename = isModule ? 'worker.mjs' : 'worker.js';
  return {
    metadata: uploadMetadata.parse(isModule ? { main_module: filename } : { body_part: filename }),
    files: [{ ...form.script, filename }],
  };
};

/** The members of a body that belong to the Worker and to no version; absent ones stay as they are. */
export const scriptSettingsIn = ({ logpush, observability, tags }: WorkerSettings): WorkerSettings => ({
  ...(logpush === undefined ? {} : { logpush }),
  ...(observability === undefined ? {} : { observability }),
  ...(tags === undefined ? {} : { tags }),
});

/** What became of the classes that an upload declared, for its answer. */
export const reconciledIn = ({ reconciled }: Uploaded) =>
  reconciled === undefined ? {} : { exports_reconciliation: reconciliationView(reconciled) };

const SUBREQUESTS = 'limits.subrequests is stored and shown, but the runtime does not enforce it.';

/**
 * What goes with the answer to an upload: what of it has no effect; and until the answer has left for the client, a
 * repeated upload gets the same version.
 */
export const whenAnswered = (api: Api, version: Version) => ({
  messages: version.limits.subrequests === undefined ? [] : [SUBREQUESTS],
  onSent: () => answered(api, version.id),
});
