import type { Result } from '../api/index.ts';

/** A binding as it is answered: of a secret the name. */
export type ShownBinding = Result<'getVersion'>['resources']['bindings'][number];

/** What each kind of binding is called, wherever one is shown or made. */
export const BINDING_NAMES = {
  plain_text: 'Text',
  json: 'JSON',
  secret_text: 'Secret',
  version_metadata: 'Version metadata',
  assets: 'Assets',
  wasm_module: 'WebAssembly module',
  text_blob: 'Text file',
  data_blob: 'Data file',
  kv_namespace: 'KV namespace',
  d1: 'D1 database',
  r2_bucket: 'R2 bucket',
  mtls_certificate: 'mTLS certificate',
  queue: 'Queue producer',
  service: 'Service',
  ratelimit: 'Rate limit',
  durable_object_namespace: 'Durable Objects',
} as const satisfies Record<ShownBinding['type'], string>;

/** `KV namespace` */
export const bindingKind = ({ type }: ShownBinding): string => BINDING_NAMES[type];

const VALUES: ReadonlySet<ShownBinding['type']> = new Set(['plain_text', 'json', 'secret_text']);

/** Variables and secrets are values of the version itself; the others reach something. */
export const isValue = ({ type }: Pick<ShownBinding, 'type'>): boolean => VALUES.has(type);

/** What of it the account names apart from its id: to be looked up by whoever shows it. */
export const resourceIdOf = (binding: ShownBinding): string | undefined => {
  switch (binding.type) {
    case 'kv_namespace':
      return binding.namespace_id;
    case 'd1':
      return binding.id;
    case 'mtls_certificate':
      return binding.certificate_id;
    default:
      return undefined;
  }
};

/** What it reaches, or its value; empty of a secret. */
export const bindingTarget = (binding: ShownBinding): string => {
  switch (binding.type) {
    case 'plain_text':
      return binding.text;
    case 'json':
      return JSON.stringify(binding.json, null, 2);
    case 'secret_text':
      return '';
    case 'version_metadata':
      return 'The id and tag of the version';
    case 'assets':
      return 'The files of the version';
    case 'wasm_module':
    case 'text_blob':
    case 'data_blob':
      return binding.part;
    case 'r2_bucket':
      return binding.bucket_name;
    case 'queue':
      return binding.queue_name;
    case 'service':
      return binding.entrypoint === undefined ? binding.service : `${binding.service}, ${binding.entrypoint}`;
    case 'ratelimit':
      return `${binding.simple.limit} in ${binding.simple.period} s, counted in ${binding.namespace_id}`;
    case 'durable_object_namespace':
      return binding.script_name === undefined ? binding.class_name : `${binding.class_name} of ${binding.script_name}`;
    default:
      return resourceIdOf(binding) ?? '';
  }
};
