import type { KvFault, Refusal } from '../domain/index.ts';
import type { Spoken } from './refusals.ts';

/** Cloudflare's status and code of each fault, as its clients know them; where none is known, that of any malformed request. */
const FAULTS: Readonly<Record<KvFault, readonly [status: number, code: number]>> = {
  title: [400, 10019],
  key: [400, 10026],
  keys: [400, 10029],
  value: [413, 10026],
  metadata: [413, 10026],
  expiration: [400, 10033],
  expiration_ttl: [400, 10034],
  body: [400, 10012],
};

type Of<Code extends Refusal['code']> = Extract<Refusal, { readonly code: Code }>;

/** What refusals about the content of KV namespaces say. */
export const kvWords = {
  kv_key_not_found: ({ key }: Of<'kv_key_not_found'>): Spoken => ({
    status: 404,
    code: 10009,
    message: `The namespace has no key ${JSON.stringify(key)} (get: 'key not found').`,
  }),
  kv_invalid: ({ fault, reason }: Of<'kv_invalid'>): Spoken => {
    const [status, code] = FAULTS[fault];
    return { status, code, message: `${reason}.` };
  },
};
