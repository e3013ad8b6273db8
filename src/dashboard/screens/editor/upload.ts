import { call, type Result } from '../../api/index.ts';
import { isServiceWorker, partsOf, type Base, type Edit } from './files.ts';

export interface Said {
  readonly message: string;
  readonly tag: string;
}

export interface Upload extends Said {
  readonly worker: string;
  readonly base: Base;
  readonly edit: Edit;
  /** Files beside the code, which a version takes from the newest one. */
  readonly keepsAssets: boolean;
  /** The newest version as the person saw it: over another one such code is not uploaded that is deployed at once. */
  readonly newestId: string;
}

/** A version that was made. */
export interface Made {
  readonly id: string;
  readonly number: number;
}

/**
 * Bindings and secrets are inherited from the version that the edit began with, by its id, and nothing is kept of another one that was
 * saved meanwhile. What else it runs by is sent as that version has it.
 */
const formOf = ({ base, edit, message, tag, keepsAssets }: Upload): FormData => {
  const annotations = { 'workers/message': message.trim(), 'workers/tag': tag.trim() };
  const metadata = {
    ...(isServiceWorker(base) ? { body_part: edit.entry } : { main_module: edit.entry }),
    bindings: base.bindings.map(({ name }) => ({ type: 'inherit', name, version_id: base.id })),
    keep_bindings: [],
    compatibility_date: base.compatibility_date,
    compatibility_flags: base.compatibility_flags,
    usage_model: base.usage_model,
    limits: base.limits,
    placement: base.placement,
    annotations: Object.fromEntries(Object.entries(annotations).filter(([, text]) => text !== '')),
    ...(keepsAssets ? { keep_assets: true } : {}),
  };
  const form = new FormData();
  form.set('metadata', new Blob([JSON.stringify(metadata)], { type: 'application/json' }));
  for (const part of partsOf(edit, base)) form.set(part.name, part);
  return form;
};

const STRICT = { bindings_inherit: 'strict' } as const;

/** A version without traffic. */
export const saveVersion = async (upload: Upload): Promise<Made> => {
  const { result } = await call('createVersion', { params: { script_name: upload.worker }, query: STRICT, body: formOf(upload) });
  return { id: result.id, number: result.number };
};

/** All traffic to a version, where still that deployment is active which `ifMatch` names. */
export const deployWhole = async (
  worker: string,
  { id }: Made,
  { message }: Said,
  ifMatch: string | undefined,
): Promise<Result<'createDeployment'>> => {
  const text = message.trim();
  const body = {
    versions: [{ version_id: id, percentage: 100 }],
    ...(text === '' ? {} : { annotations: { 'workers/message': text } }),
  };
  return (await call('createDeployment', { params: { script_name: worker }, body, ifMatch })).result;
};

/** Both at once, for code whose versions cannot be saved without traffic. */
export const deployScript = async (upload: Upload): Promise<Made> => {
  const { worker, newestId } = upload;
  const put = await call('putScript', { params: { script_name: worker }, query: STRICT, body: formOf(upload), ifMatch: `"${newestId}"` });
  // An upload is answered with the id of its version by this name.
  const id = 'deployment_id' in put.result ? put.result.deployment_id : 'latest';
  const { result } = await call('getWorkerVersion', { params: { worker, version_id: id } });
  return { id: result.id, number: result.number };
};
