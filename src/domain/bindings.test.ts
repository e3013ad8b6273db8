import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { aSecret, aVariable } from '../../test/support/builders.ts';
import type { Binding, RequestedBinding } from './binding.ts';
import { changedSecrets, inheritable, MOST_BINDINGS, resolveBindings, withSecretsOf, type BindingsRequest } from './bindings.ts';

const resolved = (request: Partial<BindingsRequest>) =>
  resolveBindings({
    requested: [],
    keepTypes: undefined,
    strictInherit: true,
    previous: [],
    versionById: () => undefined,
    seal: (text) => ({ sealed: `sealed ${text}`, fingerprint: `fingerprint of ${text}` }),
    ...request,
  });

const bindingsOf = (request: Partial<BindingsRequest>): readonly Binding[] => {
  const bindings = resolved(request);
  assert.ok(bindings.ok, JSON.stringify(bindings));
  return bindings.value;
};

const secretInClear = (name: string, text: string): RequestedBinding => ({ type: 'secret_text', name, text });

test('[S-1] a secret is sealed before it becomes part of a version', () => {
  const bindings = bindingsOf({ requested: [secretInClear('TOKEN', 'hush')] });
  assert.deepEqual(bindings, [{ type: 'secret_text', name: 'TOKEN', sealed: 'sealed hush', fingerprint: 'fingerprint of hush' }]);
});

test('[V-10] inherit takes a binding over from the version before, under its own or an old name', () => {
  const previous = [aVariable('OLD', 'a'), aSecret('TOKEN', 'b')];
  assert.deepEqual(bindingsOf({ previous, requested: [{ type: 'inherit', name: 'TOKEN' }] }), [aSecret('TOKEN', 'b')]);
  assert.deepEqual(bindingsOf({ previous, keepTypes: [], requested: [{ type: 'inherit', name: 'NEW', old_name: 'OLD' }] }), [
    aVariable('NEW', 'a'),
  ]);
  assert.deepEqual(bindingsOf({ previous, keepTypes: [], requested: [{ type: 'inherit', name: 'OLD', version_id: 'latest' }] }), [
    aVariable('OLD', 'a'),
  ]);
});

test('[V-10] a resource that only what serves binds is inherited too, never a variable or a secret, and never from the latest by name', () => {
  const links: Binding = { type: 'kv_namespace', name: 'LINKS', namespace_id: 'a' };
  const newest = [aVariable('V', 'new')];
  const all = inheritable(newest, [
    aVariable('V', 'old'),
    aVariable('OLD', 'o'),
    aSecret('TOKEN', 't'),
    links,
    { ...links, namespace_id: 'b' },
  ]);
  assert.deepEqual(all, [...newest, links]);
  const request = { previous: newest, inheritable: all };
  assert.deepEqual(bindingsOf({ ...request, requested: [{ type: 'inherit', name: 'LINKS' }] }), [links]);
  const latest = resolved({ ...request, requested: [{ type: 'inherit', name: 'LINKS', version_id: 'latest' }] });
  assert.deepEqual(latest, { ok: false, refusal: { code: 'inherit_missing', names: ['LINKS'] } });
  assert.deepEqual(bindingsOf(request), []);
});

test('[V-10] inherit may name another version', () => {
  const one = new Map([['v1', [aVariable('V', 'one')]]]);
  const versionById = (id: string) => one.get(id);
  const requested: RequestedBinding[] = [{ type: 'inherit', name: 'V', version_id: 'v1' }];
  assert.deepEqual(bindingsOf({ previous: [aVariable('V', 'two')], versionById, requested }), [aVariable('V', 'one')]);
});

test('[V-10] where there is nothing to inherit, all names are refused when the client is strict, else left out', () => {
  const requested: RequestedBinding[] = [
    { type: 'inherit', name: 'A' },
    aVariable('B', 'b'),
    { type: 'inherit', name: 'C', version_id: 'unknown' },
    { type: 'secret_text', name: 'D' },
  ];
  assert.deepEqual(resolved({ requested }), { ok: false, refusal: { code: 'inherit_missing', names: ['A', 'C', 'D'] } });
  assert.deepEqual(bindingsOf({ requested, strictInherit: false }), [aVariable('B', 'b')]);
});

test('[V-10] a secret without its text is the one of the version before, and never a variable of that name', () => {
  const requested: RequestedBinding[] = [{ type: 'secret_text', name: 'TOKEN' }];
  assert.deepEqual(bindingsOf({ requested, previous: [aSecret('TOKEN', 'b')] }), [aSecret('TOKEN', 'b')]);
  assert.deepEqual(resolved({ requested, previous: [aVariable('TOKEN', 'b')] }), {
    ok: false,
    refusal: { code: 'inherit_missing', names: ['TOKEN'] },
  });
});

test('[V-11] secrets are carried over unless the client says that nothing is; variables only where it asks for it', () => {
  const variable = aVariable('V', 'v');
  const json: Binding = { type: 'json', name: 'J', json: { deep: [1] } };
  const secret = aSecret('S', 's');
  const previous = [variable, json, secret];
  const kept: readonly (readonly [readonly string[] | undefined, readonly Binding[]])[] = [
    [undefined, [secret]],
    [['secret_text', 'secret_key'], [secret]],
    [
      ['plain_text', 'json'],
      [variable, json, secret],
    ],
    [['json'], [json, secret]],
    [[], []],
  ];
  for (const [keepTypes, bindings] of kept) assert.deepEqual(bindingsOf({ previous, keepTypes }), bindings, String(keepTypes));
});

test('[V-12] a binding that was asked for is never replaced by one that is kept', () => {
  const previous = [aSecret('A', 'old'), aSecret('B', 'old')];
  const requested = [aVariable('A', 'new'), secretInClear('B', 'new')];
  assert.deepEqual(bindingsOf({ previous, requested }), [aVariable('A', 'new'), aSecret('B', 'new')]);
});

test('[V-12] one that was left out as nothing to inherit does not come back by being kept', () => {
  const requested: RequestedBinding[] = [{ type: 'inherit', name: 'A', old_name: 'GONE' }];
  assert.deepEqual(bindingsOf({ previous: [aSecret('A', 'old')], requested, strictInherit: false }), []);
});

test('[V-11] [V-12] whatever is asked for and kept, each name is there once, and what was asked for as it was asked', () => {
  const name = fc.constantFrom('A', 'B', 'C', 'D', 'E');
  const binding = fc.oneof(
    fc.record({ type: fc.constant('plain_text' as const), name, text: fc.string() }),
    fc.record({ type: fc.constant('json' as const), name, json: fc.jsonValue() }),
    fc.tuple(name, fc.string()).map(([of, text]) => aSecret(of, text)),
  );
  const bindings = fc.uniqueArray(binding, { selector: (one) => one.name });
  const keepTypes = fc.option(fc.subarray(['plain_text', 'json', 'secret_text']), { nil: undefined });
  fc.assert(
    fc.property(bindings, bindings, keepTypes, (previous, wanted, keep) => {
      const requested = wanted.map((one): RequestedBinding =>
        one.type === 'secret_text' ? secretInClear(one.name, one.sealed.slice('sealed '.length)) : one,
      );
      const made = bindingsOf({ previous, requested, keepTypes: keep });
      assert.equal(new Set(made.map((one) => one.name)).size, made.length);
      assert.deepEqual(made.slice(0, wanted.length), wanted);
      for (const secret of previous.filter(({ type }) => type === 'secret_text')) {
        assert.equal(
          made.some((one) => one.name === secret.name),
          keep?.length !== 0 || wanted.some((one) => one.name === secret.name),
        );
      }
    }),
  );
});

test('bindings with no name, an endless one, the same one twice, or too many of them are refused', () => {
  for (const name of ['', ' ', 'a b', 'a\0b', 'x'.repeat(256)]) {
    const bindings = resolved({ requested: [aVariable(name, '')] });
    assert.equal(!bindings.ok && bindings.refusal.code, 'binding_invalid', JSON.stringify(name));
  }
  const twice = resolved({ requested: [aVariable('A', '1'), secretInClear('A', '2')] });
  assert.deepEqual(twice, { ok: false, refusal: { code: 'binding_twice', name: 'A' } });
  const many = Array.from({ length: MOST_BINDINGS + 1 }, (_, at) => aVariable(`V${at}`, ''));
  assert.deepEqual(resolved({ requested: many }), {
    ok: false,
    refusal: { code: 'too_many_bindings', count: MOST_BINDINGS + 1, limit: MOST_BINDINGS },
  });
  const secrets = Array.from({ length: MOST_BINDINGS + 1 }, (_, at) => secretInClear(`S${at}`, ''));
  const unsealed = resolved({ requested: secrets, seal: () => assert.fail('sealed before they were counted') });
  assert.equal(!unsealed.ok && unsealed.refusal.code, 'too_many_bindings');
  const kept = resolved({ requested: many.slice(1), previous: [aSecret('KEPT', 'one')] });
  assert.equal(!kept.ok && kept.refusal.code, 'too_many_bindings');
});

const secrets = (of: Readonly<Record<string, string>>) => Object.entries(of).map(([name, text]) => aSecret(name, text));

test('[R-2] changed secrets are those whose value or presence differs, each once and in order', () => {
  const values = fc.dictionary(fc.constantFrom('A', 'B', 'C'), fc.constantFrom('1', '2'));
  fc.assert(
    fc.property(values, values, (before, after) => {
      const changed = ['A', 'B', 'C'].filter((name) => before[name] !== after[name]);
      assert.deepEqual(changedSecrets(secrets(before), [...secrets(after), aVariable('V', 'v')]), changed);
      assert.deepEqual(changedSecrets(secrets(after), secrets(before)), changed);
      assert.deepEqual(changedSecrets(secrets(before), secrets(before).toReversed()), []);
    }),
  );
});

test('[OV-21] with the secrets of another day go all of that day, and none of the one before; what is no secret stays', () => {
  const then = [
    aVariable('MODE', 'old'),
    aVariable('LATER', 'in clear'),
    aSecret('KEY', 'revoked'),
    aSecret('GONE', 'x'),
    aSecret('PLAIN', 'p'),
  ];
  const today = [
    aSecret('KEY', 'new'),
    aSecret('NEW', 'n'),
    aSecret('LATER', 'kept back'),
    aVariable('PLAIN', 'in clear'),
    aVariable('OTHER', 'o'),
  ];
  assert.deepEqual(withSecretsOf(today, then), [
    aVariable('MODE', 'old'),
    aSecret('KEY', 'new'),
    aSecret('NEW', 'n'),
    aSecret('LATER', 'kept back'),
    aVariable('PLAIN', 'in clear'),
  ]);
});
