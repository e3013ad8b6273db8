import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { accepted, ADA, aControlPlane, BOB, refused } from '../../test/support/control-plane.ts';
import { authorOf, createToken, openAccount, readAccount, revokeToken, tokenHash, type Control } from './index.ts';

test('the account is born at the first start, with a subdomain, and is the same ever after', async (t) => {
  const { control } = await aControlPlane(t);
  assert.equal(await readAccount(control.store.read), undefined);
  const first = await openAccount(control, undefined);
  assert.match(first.account.id, /^[0-9a-f]{32}$/);
  assert.equal(await control.store.read.meta.get('subdomain'), 'switchback');
  assert.deepEqual(await openAccount(control, first.operatorToken), first);
  assert.deepEqual(await readAccount(control.store.read), first.account);
});

const worksFor = async (control: Control, value: string): Promise<boolean> =>
  (await control.store.read.tokens.byHash(tokenHash(value))) !== undefined;

test('an operator who deleted the credentials gets a new token, and the old one is revoked', async (t) => {
  const { control } = await aControlPlane(t);
  const { operatorToken } = await openAccount(control, undefined);
  const other = accepted(await createToken(control, ADA, { name: 'ci' }));
  const again = await openAccount(control, undefined);
  assert.deepEqual(
    [await worksFor(control, again.operatorToken), await worksFor(control, operatorToken), await worksFor(control, other.value)],
    [true, false, true],
  );
});

test('[A-13] credentials that are damaged revoke nothing: the operator gets one more token', async (t) => {
  const { control } = await aControlPlane(t);
  const { operatorToken } = await openAccount(control, undefined);
  const other = accepted(await createToken(control, ADA, { name: 'ci' }));
  for (const known of ['', 'sb_wrong', other.value]) {
    const again = await openAccount(control, known);
    for (const value of [again.operatorToken, operatorToken, other.value]) assert.ok(await worksFor(control, value));
    assert.ok(![operatorToken, other.value].includes(again.operatorToken));
  }
  await openAccount(control, undefined);
  assert.equal(await worksFor(control, operatorToken), false, 'until all of the operator’s are revoked');
});

test('[A-2] a token is stored as its digest only, works until it is revoked, and the operator’s cannot be revoked', async (t) => {
  const { control, folder } = await aControlPlane(t);
  const { operatorToken } = await openAccount(control, undefined);
  const { token, value } = accepted(await createToken(control, ADA, { name: 'ci', email: 'ci@example.com' }));
  for (const file of await readdir(folder)) {
    const bytes = await readFile(join(folder, file)).catch(() => Buffer.alloc(0));
    assert.ok(!bytes.includes(value) && !bytes.includes(operatorToken), file);
  }
  assert.deepEqual(await control.store.read.tokens.byHash(tokenHash(value)), token);
  accepted(await revokeToken(control, ADA, token.id));
  assert.equal(await control.store.read.tokens.byHash(tokenHash(value)), undefined);
  assert.equal(refused(await revokeToken(control, ADA, token.id)).code, 'token_not_found');
  const operator = await control.store.read.tokens.byHash(tokenHash(operatorToken));
  assert.equal(refused(await revokeToken(control, ADA, operator?.id ?? '')).code, 'token_is_operator');
});

test('[V-15] an author is never blank: a token without an e-mail address speaks in its name', async (t) => {
  const { control } = await aControlPlane(t);
  const { token: named } = accepted(await createToken(control, ADA, { name: 'ci' }));
  const { token: addressed } = accepted(await createToken(control, ADA, { name: 'ada', email: 'ada@example.com' }));
  assert.deepEqual(
    [authorOf(named), authorOf(addressed)],
    [
      { id: named.id, email: 'ci' },
      { id: addressed.id, email: 'ada@example.com' },
    ],
  );
});

test('a name is one token’s, also the operator’s; a revoked one gives it back, and a refusal leaves no token', async (t) => {
  const { control } = await aControlPlane(t);
  await openAccount(control, undefined);
  const { token } = accepted(await createToken(control, ADA, { name: 'ci' }));
  for (const name of ['ci', 'operator']) {
    assert.deepEqual(refused(await createToken(control, BOB, { name })), { code: 'token_exists', name });
  }
  assert.equal((await control.store.read.tokens.all()).length, 2);
  accepted(await revokeToken(control, ADA, token.id));
  accepted(await createToken(control, ADA, { name: 'ci' }));
});
