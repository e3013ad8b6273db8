import { ApiFailure, call, refresh } from '../../api/index.ts';
import { ENTRY, type Template } from './templates.ts';

export type Step = 'uploading' | 'opening';

export interface Wanted {
  readonly name: string;
  readonly template: Template;
  readonly compatibilityDate: string;
}

/** Uploads and deploys a new Worker, and lets it answer at its address. Tells which step is under way. */
export const makeWorker = async ({ name, template, compatibilityDate }: Wanted, onStep: (step: Step) => void): Promise<void> => {
  onStep('uploading');
  // An upload would give one that somebody made meanwhile other code.
  if ((await workersLike(name)).has(name)) throw new ApiFailure(409, [{ code: 409, message: `There is a Worker ${name} already.` }]);
  const metadata = {
    main_module: ENTRY,
    compatibility_date: compatibilityDate,
    annotations: { 'workers/message': `Made from the template ${template.name}` },
    ...template.metadata,
  };
  const form = new FormData();
  form.set('metadata', new Blob([JSON.stringify(metadata)], { type: 'application/json' }));
  form.set(ENTRY, new File([template.code], ENTRY, { type: 'application/javascript+module' }));
  await call('putScript', { params: { script_name: name }, body: form });
  onStep('opening');
  await call('postSubdomain', { params: { script_name: name }, body: { enabled: true, previews_enabled: true } });
  await refresh(undefined);
};

const MOST = 1000;

/** The names that hold this one. */
export const workersLike = async (name: string): Promise<ReadonlySet<string>> => {
  const { result } = await call('searchScripts', { query: { name, per_page: MOST } });
  return new Set(result.map(({ script_name: each }) => each));
};
