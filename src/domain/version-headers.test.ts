import assert from 'node:assert/strict';
import test from 'node:test';
import { overrideFor, versionAnswer } from './version-headers.ts';

const ID = 'dc8dcd28-271b-4367-9840-6c244f84cb40';

test('[P-10] an override header is an RFC 8941 dictionary from Worker to a quoted version id', () => {
  const table: [header: string, expected: unknown][] = [
    [`hello="${ID}"`, { ok: true, value: ID }],
    [`other="x", hello="${ID}";note=1`, { ok: true, value: ID }],
    [`hello="first", hello="${ID}"`, { ok: true, value: ID }],
    [`other="${ID}"`, { ok: false, refusal: 'other_worker' }],
    ['', { ok: false, refusal: 'other_worker' }],
    ['hello=a1', { ok: false, refusal: 'not_a_string' }],
    ['hello', { ok: false, refusal: 'not_a_string' }],
    ['hello=("a" "b")', { ok: false, refusal: 'not_a_string' }],
    [`hello=${ID}`, { ok: false, refusal: 'not_a_string' }],
    ['hello=1c8dcd28-271b', { ok: false, refusal: 'malformed' }],
    [`hello="${ID}", =`, { ok: false, refusal: 'malformed' }],
    [`Hello="${ID}"`, { ok: false, refusal: 'malformed' }],
    [`hello="${ID}`, { ok: false, refusal: 'malformed' }],
  ];
  for (const [header, expected] of table) assert.deepEqual(overrideFor('hello', header), expected, header);
});

test('[P-11] the answer is one structured header: the version, the reason, the deployment, and why an override did not apply', () => {
  assert.equal(
    versionAnswer({ versionId: ID, reason: 'random', deploymentId: 'd1', overrideIgnored: 'not_in_deployment' }),
    `"${ID}";reason=random;deployment="d1";override=not_in_deployment`,
  );
  assert.equal(versionAnswer({ versionId: ID, reason: 'alias' }), `"${ID}";reason=alias`);
});
