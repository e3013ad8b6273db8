import assert from 'node:assert/strict';
import test from 'node:test';
import { readable, reasonOf } from './readable.ts';
import { dayAndClock } from './time.ts';

const versions = [
  { version_id: '0a0a0a0a-0000-4000-8000-000000000001', number: 40 },
  { version_id: '0a0a0a0a-0000-4000-8000-000000000002', number: null },
];
const now = new Date('2026-11-22T12:00:00Z');
const thursday = '2026-11-19T09:14:00.123Z';

test('what the API says names versions by their numbers and times as the rest does', () => {
  const text = `${versions[0]?.version_id} and ${versions[1]?.version_id}, deleted by Jo at ${thursday} (${thursday}), made at 2026-11-22T11:00:00Z.`;
  const when = dayAndClock(new Date(thursday), now);
  const today = dayAndClock(new Date('2026-11-22T11:00:00Z'), now);
  assert.equal(readable(text, versions, now), `v40 and ${versions[1]?.version_id}, deleted by Jo on ${when} (${when}), made ${today}.`);
});

test('a reason says nothing of what was not tried, and no id of what has a name', () => {
  const text = `The version ${versions[0]?.version_id} cannot be deployed, because something it binds no longer exists: the KV namespace "x" (${'0'.repeat(32)}). Nothing was changed.`;
  assert.equal(reasonOf(text, versions, now), 'Something it binds no longer exists: the KV namespace "x".');
  assert.equal(reasonOf('v1 and v2 differ.', versions, now), 'v1 and v2 differ.');
});
