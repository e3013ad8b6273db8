import type { WorkerForm } from './worker-form.ts';

/** A Worker that exports these classes. */
export const exporting = (classes: readonly string[], metadata: WorkerForm['metadata'] = {}): WorkerForm => ({
  code: `import { DurableObject } from 'cloudflare:workers';
${classes.map((name) => `export class ${name} extends DurableObject { hello() { return ${JSON.stringify(name)}; } }`).join('\n')}
export default { fetch: () => new Response('hello') };`,
  metadata,
});

export const binds = (name: string, class_name: string, script_name?: string) => ({
  type: 'durable_object_namespace',
  name,
  class_name,
  ...(script_name === undefined ? {} : { script_name }),
});

/** An entry of `exports`. */
export const declares = (more: Readonly<Record<string, string>> = { storage: 'sqlite' }) => ({ type: 'durable-object', ...more });
