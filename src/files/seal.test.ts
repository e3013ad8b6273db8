import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import fc from 'fast-check';
import { aFolder } from '../../test/support/temporary.ts';
import { openVault, SealBroken, Vault } from './seal.ts';

const aKey = (): Buffer => randomBytes(32);
const text = fc.string({ unit: 'binary', maxLength: 300 });

test('[S-1] what was sealed opens in its place and nowhere else, and the seal does not show it', () => {
  const vault = new Vault([aKey()]);
  fc.assert(
    fc.property(text, fc.string(), fc.string(), (secret, context, other) => {
      const sealed = vault.seal(secret, context);
      assert.equal(vault.open(sealed, context), secret);
      if (secret.length > 8) assert.ok(!sealed.includes(secret) && !Buffer.from(sealed, 'base64url').includes(secret));
      if (context !== other) assert.throws(() => vault.open(sealed, other), SealBroken);
    }),
  );
});

test('[S-1] the same secret is sealed differently each time', () => {
  const vault = new Vault([aKey()]);
  const seals = Array.from({ length: 100 }, () => vault.seal('hush', 'worker a'));
  assert.equal(new Set(seals).size, 100);
});

test('[S-1] a seal that was changed in any bit, shortened or lengthened does not open', () => {
  const vault = new Vault([aKey()]);
  fc.assert(
    fc.property(text, fc.nat(), fc.integer({ min: 0, max: 7 }), (secret, position, bit) => {
      const [version, id, body] = vault.seal(secret, 'worker a').split('.');
      const bytes = Buffer.from(body ?? '', 'base64url');
      const flipped = Buffer.from(bytes);
      const at = position % bytes.length;
      flipped[at] = flipped[at]! ^ (1 << bit);
      for (const changed of [flipped, bytes.subarray(0, at), Buffer.concat([bytes, Buffer.from([0])]), bytes.subarray(1)]) {
        assert.throws(() => vault.open([version, id, changed.toString('base64url')].join('.'), 'worker a'), SealBroken);
      }
    }),
  );
});

test('[S-1] whatever text stands where a seal should, it does not open and the error does not repeat it', () => {
  const vault = new Vault([aKey()]);
  const [, id] = vault.seal('', '').split('.');
  const garbage = fc.oneof(
    fc.string(),
    fc.string().map((body) => `sb1.${id}.${body}`),
    fc.base64String().map((body) => `sb2.${id}.${body}`),
  );
  fc.assert(fc.property(garbage, (sealed) => assert.throws(() => vault.open(sealed, ''), SealBroken)));
});

test('[S-6] keys rotate: the first key seals, and every listed key opens', () => {
  const [old, current] = [aKey(), aKey()];
  const sealedBefore = new Vault([old]).seal('hush', 'worker a');
  const rotated = new Vault([current, old]);
  assert.equal(rotated.open(sealedBefore, 'worker a'), 'hush');
  const sealedAfter = rotated.seal('hush', 'worker a');
  assert.equal(new Vault([current]).open(sealedAfter, 'worker a'), 'hush');
  assert.throws(() => new Vault([old]).open(sealedAfter, 'worker a'), SealBroken);
  assert.throws(() => new Vault([current]).open(sealedBefore, 'worker a'), SealBroken);
});

test('[S-6] whether two secrets are equal can still be told after a rotation', () => {
  const [old, current] = [aKey(), aKey()];
  const [before, rotated] = [new Vault([old]), new Vault([current, old])];
  assert.equal(rotated.fingerprint('hush'), before.fingerprint('hush'));
  assert.notEqual(rotated.fingerprint('hush'), rotated.fingerprint('hush '));
  assert.notEqual(new Vault([current]).fingerprint('hush'), before.fingerprint('hush'), 'without the key it tells nothing');
});

test('[S-6] a key file is made once, for its owner only, and found again', async (t) => {
  const file = join(await aFolder(t), 'secrets.key');
  const sealed = (await openVault(file)).seal('hush', 'worker a');
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  assert.equal((await openVault(file)).open(sealed, 'worker a'), 'hush');
  const rotated = `${aKey().toString('base64')}\n${await readFile(file, 'utf8')}`;
  await writeFile(file, rotated);
  assert.equal((await openVault(file)).open(sealed, 'worker a'), 'hush');
});

test('[S-6] keys from the environment replace the file, which is then not made', async (t) => {
  const file = join(await aFolder(t), 'secrets.key');
  const keys = `${aKey().toString('base64')} ${aKey().toString('base64')}`;
  const sealed = (await openVault(file, keys)).seal('hush', 'worker a');
  assert.equal((await openVault(file, keys)).open(sealed, 'worker a'), 'hush');
  await assert.rejects(readFile(file), { code: 'ENOENT' });
});

test('keys that are none are refused with where they stand, and the file is not overwritten', async (t) => {
  const file = join(await aFolder(t), 'secrets.key');
  for (const content of ['', '\n', 'short', aKey().subarray(1).toString('base64'), `${aKey().toString('base64')}\nrest`]) {
    await writeFile(file, content);
    await assert.rejects(openVault(file), (error: Error) => error.message.includes(file));
    assert.equal(await readFile(file, 'utf8'), content);
    await assert.rejects(openVault(file, content), /SWITCHBACK_SECRET_KEY/);
  }
  assert.throws(() => new Vault([]), /at least one key/);
});
