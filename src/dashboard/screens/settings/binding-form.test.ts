import assert from 'node:assert/strict';
import test from 'node:test';
import { requestedBinding } from '../../../contract/index.ts';
import { bindingOf, faultsOf, firstValues, valuesOf, type Values } from './binding-form.ts';
import { ADDABLE, BINDING_KINDS, type BindingType } from './binding-kinds.ts';

const TYPED: Readonly<Partial<Record<BindingType, Values>>> = {
  plain_text: { text: 'hello' },
  json: { json: '{"a": [1, 2]}' },
  secret_text: { text: 'kept back' },
  kv_namespace: { namespace_id: 'a1' },
  d1: { id: 'b2' },
  r2_bucket: { bucket_name: 'images' },
  queue: { queue_name: 'orders', delivery_delay: '5' },
  service: { service: 'billing', entrypoint: '' },
  durable_object_namespace: { class_name: 'Room@chat' },
  ratelimit: { namespace_id: '7', 'simple.limit': '100', 'simple.period': '60' },
  mtls_certificate: { certificate_id: 'c3' },
  version_metadata: {},
  assets: {},
};

test('[UI-60] each kind of binding is sent as the API takes it, and comes back to its fields as it was typed', () => {
  assert.deepEqual(Object.keys(TYPED).toSorted(), ADDABLE.toSorted(), 'each kind that can be added is tried');
  for (const type of ADDABLE) {
    const [kind, typed = {}] = [BINDING_KINDS[type], TYPED[type]];
    assert.deepEqual(faultsOf('NAME', [], kind, typed), {}, type);
    const sent = JSON.parse(JSON.stringify({ ...bindingOf(type, kind, typed), name: 'NAME' })) as { type: string };
    assert.deepEqual(requestedBinding.parse(sent), sent, type);
    const shown = type === 'secret_text' ? { text: '' } : type === 'json' ? { json: JSON.stringify({ a: [1, 2] }, null, 2) } : typed;
    assert.deepEqual(valuesOf(sent, kind, 'shop'), shown, type);
  }
});

test('[UI-60] what is missing is said of its field, and what the API decides is left to it', () => {
  for (const type of ADDABLE) {
    const kind = BINDING_KINDS[type];
    const needed = kind.fields.filter(({ isOptional, as }) => isOptional !== true && typeof as === 'string').map(({ at }) => at);
    assert.deepEqual(Object.keys(faultsOf('NAME', [], kind, firstValues(kind))), needed, type);
  }
  assert.match(faultsOf('A B', [], BINDING_KINDS.assets, {})['name'] ?? '', /no spaces/);
  assert.match(faultsOf('', [], BINDING_KINDS.assets, {})['name'] ?? '', /needs a name/);
  assert.match(faultsOf('A', ['A'], BINDING_KINDS.assets, {})['name'] ?? '', /there already/);
  assert.match(faultsOf('A', [], BINDING_KINDS.json, { json: '{a}' })['json'] ?? '', /no JSON/);
  assert.match(
    faultsOf('A', [], BINDING_KINDS.ratelimit, { ...TYPED.ratelimit, 'simple.limit': 'many' })['simple.limit'] ?? '',
    /whole number/,
  );
});

test('[UI-60] a change of a binding keeps what its form does not show, and takes out what was emptied', () => {
  const service = { type: 'service', name: 'BILLING', service: 'billing', entrypoint: 'Admin', props: { role: 'reader' } };
  const emptied = bindingOf('service', BINDING_KINDS.service, { service: 'billing-2', entrypoint: '' }, service);
  assert.deepEqual(emptied, { type: 'service', service: 'billing-2', props: { role: 'reader' } });
  const own = { type: 'durable_object_namespace', name: 'ROOMS', class_name: 'Room' };
  assert.deepEqual(valuesOf(own, BINDING_KINDS.durable_object_namespace, 'chat'), { class_name: 'Room@chat' });
});
