export const MODULE = 'application/javascript+module';

export interface WorkerForm {
  /** The source of index.js. */
  readonly code?: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** Modules beside it, by name: their bytes and media type. */
  readonly modules?: Readonly<Record<string, readonly [content: string | Uint8Array<ArrayBuffer>, type: string]>>;
}

export const saying = (text: string): string => `export default { fetch: () => new Response(${JSON.stringify(text)}) };`;

/** The form wrangler sends: the metadata as a plain field, each module as a file of its own name. */
export const aWorker = ({ code = saying('hello'), metadata = {}, modules = {} }: WorkerForm = {}): FormData => {
  const form = new FormData();
  form.set('metadata', JSON.stringify({ main_module: 'index.js', compatibility_date: '2026-11-01', bindings: [], ...metadata }));
  form.set('index.js', new File([code], 'index.js', { type: MODULE }));
  for (const [name, [content, type]] of Object.entries(modules)) form.set(name, new File([content], name, { type }));
  return form;
};
