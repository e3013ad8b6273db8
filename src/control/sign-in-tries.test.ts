import assert from 'node:assert/strict';
import test from 'node:test';
import { SignInTries } from './sign-in-tries.ts';

const MINUTE_MS = 60_000;

const failing = (tries: SignInTries, count: number, address: string, now: number): void => {
  for (let at = 0; at < count; at += 1) assert.equal(tries.begin(address, now), 0);
};

test('[SE-8] an address that failed too often waits for the rest of its minute, and no other with it', () => {
  const tries = new SignInTries();
  failing(tries, 20, '10.0.0.1', 1000);
  assert.equal(tries.begin('10.0.0.1', 1000), 60);
  assert.equal(tries.begin('10.0.0.1', 31_000), 30);
  assert.equal(tries.begin('10.0.0.2', 31_000), 0);
  assert.equal(tries.begin('10.0.0.1', 1000 + MINUTE_MS), 0);
});

test('[SE-8] what succeeded is no failure, and a /64 of IPv6 is one address', () => {
  const tries = new SignInTries();
  for (let at = 0; at < 100; at += 1) {
    assert.equal(tries.begin('10.0.0.1', 0), 0);
    tries.succeeded('10.0.0.1');
  }
  for (let at = 0; at < 20; at += 1) assert.equal(tries.begin(`2001:db8::${at + 1}`, 0), 0);
  assert.equal(tries.begin('2001:db8:0:0:ffff::1', 0), 60);
  assert.equal(tries.begin('2001:db8:0:1::1', 0), 0);
});

test('[SE-8] what is remembered of addresses is bounded: those that failed first are forgotten, and no new one is held back', () => {
  const tries = new SignInTries();
  failing(tries, 20, 'the first', 0);
  for (let count = 1; count < 10_000; count += 1) assert.equal(tries.begin(`address ${count}`, count), 0);
  assert.equal(tries.begin('the first', 10_000), 50);
  assert.equal(tries.begin('one more', 10_000), 0);
  assert.equal(tries.begin('the first', 10_000), 0);
});
