import { accept, refuse, type Result } from '../base/index.ts';
import { requestedBinding } from '../contract/index.ts';
import type { Refusal, RequestedBinding } from '../domain/index.ts';
import { faultsIn } from './faults.ts';

const PLAIN = ['plain_text', 'json', 'secret_text', 'version_metadata', 'assets', 'wasm_module', 'text_blob', 'data_blob', 'inherit'];
const RESOURCES = ['kv_namespace', 'd1', 'r2_bucket', 'queue', 'mtls_certificate'];
const KNOWN: ReadonlySet<string> = new Set([...PLAIN, ...RESOURCES, 'service', 'ratelimit', 'durable_object_namespace']);

interface AnyBinding {
  readonly name: string;
  readonly type: string;
}

/** The bindings of a Worker's upload: one of a type we do not offer is refused by name, a malformed one with its fault. */
export const requestedBindings = (given: readonly AnyBinding[] | undefined): Result<readonly RequestedBinding[], Refusal> => {
  const bindings: RequestedBinding[] = [];
  for (const binding of given ?? []) {
    const { name, type } = binding;
    if (!KNOWN.has(type)) return refuse({ code: 'binding_unsupported', name, type });
    const parsed = requestedBinding.safeParse(binding);
    if (!parsed.success) return refuse({ code: 'binding_invalid', name, fault: faultsIn(parsed.error).join('; ') });
    // zod gives optional members as `string | undefined`, which mean the same as absent ones here.
    bindings.push(parsed.data as RequestedBinding);
  }
  return accept(bindings);
};
