import assert from 'node:assert/strict';
import test from 'node:test';
import { cacheLifetime } from './cache-lifetime.ts';

const NOW = Date.parse('2026-11-01T10:00:00Z');
const inSeconds = (seconds: number): string => new Date(NOW + seconds * 1000).toUTCString();

const secondsOf = (headers: Readonly<Record<string, string>>, status = 200, isAuthorized = false): number | undefined =>
  cacheLifetime({ status, headers: new Map(Object.entries(headers)) }, isAuthorized, NOW)?.seconds;
const by = (control: string): number | undefined => secondsOf({ 'cache-control': control });

test('[Z-2] what a response says of itself decides how long it is kept, the most exact word first', () => {
  const table: readonly (readonly [Readonly<Record<string, string>>, number | undefined])[] = [
    [{ 'cache-control': 'max-age=60' }, 60],
    [{ 'cache-control': 'Public, Max-Age = "60"' }, 60],
    [{ 'cache-control': 'max-age=60, s-maxage=10' }, 10],
    [{ 'cache-control': 'max-age=0, s-maxage=10' }, 10],
    [{ 'cache-control': 's-maxage=0, max-age=10' }, undefined],
    [{ 'cache-control': 'max-age=60, max-age=1' }, 60],
    [{ 'cache-control': 'max-age=99999999999999999999' }, 31_536_000],
    [{ 'cache-control': 'max-age=60', age: '20' }, 40],
    [{ 'cache-control': 'max-age=60', age: '60' }, undefined],
    [{ 'cache-control': 'max-age=60', age: 'old' }, 60],
    [{ expires: inSeconds(30) }, 30],
    [{ expires: inSeconds(30), 'cache-control': 'max-age=5' }, 5],
    [{ expires: inSeconds(30), date: inSeconds(20) }, 10],
    [{ expires: inSeconds(-1) }, undefined],
    [{ expires: '0' }, undefined],
    [{ expires: 'tomorrow' }, undefined],
  ];
  for (const [headers, seconds] of table) assert.equal(secondsOf(headers), seconds, JSON.stringify(headers));
});

test('[Z-2] without a word of its own a response is kept by its status', () => {
  const seconds = [200, 301, 302, 303, 404, 410, 201, 206, 304, 307, 403, 500, 503].map((status) => secondsOf({}, status));
  assert.deepEqual(seconds, [7200, 7200, 1200, 1200, 180, 180, ...Array.from({ length: 7 }, () => undefined)]);
  assert.equal(secondsOf({ 'cache-control': 'max-age=5' }, 503), 5);
  for (const status of [206, 304]) assert.equal(secondsOf({ 'cache-control': 'max-age=5' }, status), undefined);
});

test('[Z-2] what is not for all is not kept', () => {
  const never = ['no-store, max-age=60', 'NO-STORE', 'private, max-age=60', 'no-cache, max-age=60', 'max-age=60, private'];
  for (const control of never) assert.equal(by(control), undefined, control);
  assert.equal(secondsOf({ vary: 'Accept, *', 'cache-control': 'max-age=60' }), undefined);
  assert.equal(secondsOf({ vary: 'Accept', 'cache-control': 'max-age=60' }), 60);
  assert.equal(secondsOf({ 'set-cookie': 'a=b', 'cache-control': 'max-age=60' }), undefined);
  assert.equal(secondsOf({ 'cache-control': 'max-age=60' }, 200, true), undefined);
  for (const word of ['public', 'must-revalidate']) assert.equal(secondsOf({ 'cache-control': `max-age=60, ${word}` }, 200, true), 60);
  assert.equal(secondsOf({ 'cache-control': 's-maxage=60' }, 200, true), 60);
});

const withoutOf = (control: string): readonly string[] => {
  const headers = new Map([
    ['cache-control', control],
    ['set-cookie', 'a=b'],
  ]);
  return [...(cacheLifetime({ status: 200, headers }, false, NOW)?.without ?? [])];
};

test('[Z-2] headers that are not for all are left out of what is kept', () => {
  assert.deepEqual(withoutOf('max-age=60, private=Set-Cookie'), ['set-cookie']);
  assert.deepEqual(withoutOf('private="X-A, set-cookie" , no-cache="X-B"'), ['x-a', 'set-cookie', 'x-b']);
  assert.deepEqual(withoutOf('private="X-A"'), []);
});

test('[Z-2] what prolongs a stale response elsewhere prolongs nothing', () => {
  assert.equal(by('max-age=5, stale-while-revalidate=600, stale-if-error=600'), 5);
});
