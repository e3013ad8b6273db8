import assert from 'node:assert/strict';
import test from 'node:test';
import { SignInTries } from './sign-in-tries.ts';

const MINUTE_MS = 60_000;

test('[SE-8] an address that failed too often waits for the rest of its minute, and no other with it', () => {
  const tries = new SignInTries();
  for (let count = 0; count < 20; count += 1) {
    assert.equal(tries.waitOf('10.0.0.1', 1000), 0);
    tries.failed('10.0.0.1', 1000);
  }
  assert.equal(tries.waitOf('10.0.0.1', 1000), 60);
  assert.equal(tries.waitOf('10.0.0.1', 31_000), 30);
  assert.equal(tries.waitOf('10.0.0.2', 31_000), 0);
  assert.equal(tries.waitOf('10.0.0.1', 1000 + MINUTE_MS), 0);
});

test('[SE-8] what is remembered of addresses is bounded: a crowd of new ones waits until the first are forgotten', () => {
  const tries = new SignInTries();
  for (let count = 0; count < 10_000; count += 1) tries.failed(`address ${count}`, count);
  assert.equal(tries.waitOf('one more', 30_000), 60);
  assert.equal(tries.waitOf('address 7', 30_000), 0, 'who is known already is counted as before');
  assert.equal(tries.waitOf('one more', MINUTE_MS), 0);
});
