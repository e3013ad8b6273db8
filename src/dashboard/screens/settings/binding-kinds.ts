import type { Result } from '../../api/index.ts';
import { BINDING_NAMES } from '../../words/bindings.ts';

/** A binding as settings show it: of a secret only its name. */
export type ShownBinding = Result<'getSettings'>['bindings'][number];
export type BindingType = ShownBinding['type'];

/** What exists to be bound. */
export type Pool = 'namespaces' | 'databases' | 'buckets' | 'queues' | 'workers' | 'certificates' | 'classes';

export interface BindingField {
  /** Where it is in the binding: `namespace_id`, `simple.limit`. */
  readonly at: string;
  readonly label: string;
  readonly hint?: string;
  readonly as: 'line' | 'text' | 'json' | 'hidden' | 'number' | Pool | readonly (readonly [value: string, text: string])[];
  readonly isOptional?: true;
}

export interface BindingKind {
  readonly name: string;
  /** What the Worker has by it. */
  readonly about: string;
  /** How such a name is written by custom. */
  readonly example: string;
  /** It comes with an upload of code, and is only shown here. */
  readonly isOfCode?: true;
  readonly fields: readonly BindingField[];
}

const OF_CODE = 'A file that was uploaded with the code.';
const part = (name: string): BindingKind => ({ name, about: OF_CODE, example: '', isOfCode: true, fields: [] });

/** Every kind of binding that the API knows. */
export const BINDING_KINDS: Readonly<Record<BindingType, BindingKind>> = {
  plain_text: {
    name: BINDING_NAMES.plain_text,
    about: 'A text that everybody who may see the Worker may read.',
    example: 'API_HOST',
    fields: [{ at: 'text', label: 'Value', as: 'text', isOptional: true }],
  },
  json: {
    name: BINDING_NAMES.json,
    about: 'An object, a list, a number: the Worker gets it parsed.',
    example: 'PRICES',
    fields: [{ at: 'json', label: 'Value', as: 'json' }],
  },
  secret_text: {
    name: BINDING_NAMES.secret_text,
    about: 'A text that is encrypted, and never shown again.',
    example: 'API_KEY',
    fields: [{ at: 'text', label: 'Value', as: 'hidden' }],
  },
  kv_namespace: {
    name: BINDING_NAMES.kv_namespace,
    about: 'Reads and writes a namespace of Workers KV.',
    example: 'PRICES',
    fields: [{ at: 'namespace_id', label: 'Namespace', as: 'namespaces' }],
  },
  d1: {
    name: BINDING_NAMES.d1,
    about: 'Queries a D1 database.',
    example: 'DB',
    fields: [{ at: 'id', label: 'Database', as: 'databases' }],
  },
  r2_bucket: {
    name: BINDING_NAMES.r2_bucket,
    about: 'Reads and writes the objects of a bucket.',
    example: 'IMAGES',
    fields: [{ at: 'bucket_name', label: 'Bucket', as: 'buckets' }],
  },
  queue: {
    name: BINDING_NAMES.queue,
    about: 'Sends messages to a queue. Who consumes them is set on the Triggers page.',
    example: 'ORDERS',
    fields: [
      { at: 'queue_name', label: 'Queue', as: 'queues' },
      { at: 'delivery_delay', label: 'Delay of each message in seconds, optional', as: 'number', isOptional: true },
    ],
  },
  service: {
    name: BINDING_NAMES.service,
    about: 'Calls another Worker, whose own split decides which version answers.',
    example: 'BILLING',
    fields: [
      { at: 'service', label: 'Worker', as: 'workers' },
      {
        at: 'entrypoint',
        label: 'Entrypoint, optional',
        hint: 'A class that it exports. Without one: its default export.',
        as: 'line',
        isOptional: true,
      },
    ],
  },
  durable_object_namespace: {
    name: BINDING_NAMES.durable_object_namespace,
    about: 'Reaches the objects of a class.',
    example: 'ROOMS',
    fields: [{ at: 'class_name', label: 'Class', as: 'classes' }],
  },
  ratelimit: {
    name: BINDING_NAMES.ratelimit,
    about: 'Counts calls by key. Who names the same namespace counts together.',
    example: 'LIMIT',
    fields: [
      { at: 'namespace_id', label: 'Namespace', hint: 'A positive whole number of your choice.', as: 'line' },
      { at: 'simple.limit', label: 'Calls of one key', as: 'number' },
      {
        at: 'simple.period',
        label: 'Within',
        as: [
          ['60', '60 seconds'],
          ['10', '10 seconds'],
        ],
      },
    ],
  },
  mtls_certificate: {
    name: BINDING_NAMES.mtls_certificate,
    about: 'Fetches, and shows a client certificate to servers that ask for one.',
    example: 'BANK',
    fields: [{ at: 'certificate_id', label: 'Certificate', as: 'certificates' }],
  },
  version_metadata: {
    name: BINDING_NAMES.version_metadata,
    about: 'Tells the code its own version: id, tag and time.',
    example: 'VERSION',
    fields: [],
  },
  assets: {
    name: BINDING_NAMES.assets,
    about: 'Fetches from the static assets of the version itself.',
    example: 'ASSETS',
    fields: [],
  },
  wasm_module: part(BINDING_NAMES.wasm_module),
  text_blob: part(BINDING_NAMES.text_blob),
  data_blob: part(BINDING_NAMES.data_blob),
};

/** Which can be added: all but what comes with the code. */
export const ADDABLE: readonly BindingType[] = (Object.keys(BINDING_KINDS) as BindingType[]).filter(
  (type) => BINDING_KINDS[type].isOfCode !== true,
);
