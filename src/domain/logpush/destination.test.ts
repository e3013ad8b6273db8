import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { datedPath, readDestination, redactedDestination } from './destination.ts';

const S3 = 's3://logs/workers/{DATE}?region=eu-west-1&access-key-id=AKID&secret-access-key=a/b+c%3D&endpoint=s3.example.com&sse=AES256';

test('an S3 destination has its bucket, path, region and keys; a plus sign of a key is one', () => {
  assert.deepEqual(readDestination(S3), {
    ok: true,
    value: {
      scheme: 's3',
      bucket: 'logs',
      path: 'workers/{DATE}',
      region: 'eu-west-1',
      endpoint: 'https://s3.example.com',
      accessKeyId: 'AKID',
      secretAccessKey: 'a/b+c=',
      sessionToken: undefined,
      sse: 'AES256',
    },
  });
  assert.equal(datedPath('a/date={DATE}/b', Date.UTC(2026, 0, 2, 3)), 'a/date=20260102/b');
});

test('an HTTP destination has its headers from its query, and keeps the rest of it', () => {
  const read = readDestination('https://logs.example.com/in?header_Authorization=Basic%20abc%2B&tags=host:a,dataset:b&header_X-Team=a%26b');
  assert.deepEqual(read, {
    ok: true,
    value: {
      scheme: 'http',
      url: 'https://logs.example.com/in?tags=host:a,dataset:b',
      headers: { authorization: 'Basic abc+', 'x-team': 'a&b' },
    },
  });
});

test('a file destination is a folder', () => {
  assert.deepEqual(readDestination('file:///var/log/workers%20eu'), { ok: true, value: { scheme: 'file', path: '/var/log/workers eu' } });
});

const bad: readonly (readonly [conf: string, fault: RegExp])[] = [
  ['', /address with its scheme/],
  ['logs.example.com', /address with its scheme/],
  ['r2://bucket/x?account-id=1', /^r2:\/\/ is not offered/],
  ['s3://bucket', /lacks region, access-key-id, secret-access-key/],
  ['s3://?region=x', /names no bucket/],
  [`${S3}&regoin=x`, /"regoin" is none of its parameters/],
  [S3.replace('s3.example.com', 'https://s3.example.com/path'), /endpoint must be a host/],
  [S3.replace('eu-west-1', 'eu-west-1.example.com%2F'), /^its region holds characters that none has$/],
  [S3.replace('AKID', 'AK%0AID'), /^its access-key-id holds/],
  [S3.replace('AES256', 'AES%C3%A9'), /^its sse holds/],
  [S3.replace('workers/', 'workers/../'), /"\.\."/],
  [S3.replace('workers/', 'workers/%2e%2e%2f'), /"\.\."/],
  ['https://', /no address/],
  ['https://user:pw@example.com/', /header_Authorization/],
  ['https://example.com/#x', /%23/],
  ['https://example.com/?header_Host=other', /header_host cannot be set/],
  ['https://example.com/?header_a%0Ab=1', /no name of a header/],
  ['https://example.com/?header_A=x%0D%0AB:%20y', /no header may hold/],
  ['https://example.com/a b', /blanks/],
  ['file://host/x', /file:\/\/\/<folder>/],
  ['file:///a/../../etc', /"\.\."/],
  ['file:///a/%2e%2e/etc', /"\.\."/],
  ['file:///a%2fb', /"\.\."/],
  [`https://example.com/${'x'.repeat(5000)}`, /more than 4096/],
];

for (const [conf, fault] of bad) {
  test(`${conf.slice(0, 60) || 'nothing'} is no destination`, () => {
    const read = readDestination(conf);
    assert.ok(!read.ok);
    assert.match(read.refusal, fault);
  });
}

test('[LP-6] as it is shown nothing of a destination lets anyone in, and it is still told what it is', () => {
  assert.equal(
    redactedDestination(S3),
    's3://logs/workers/{DATE}?region=eu-west-1&access-key-id=REDACTED&secret-access-key=REDACTED&endpoint=s3.example.com&sse=AES256',
  );
  assert.equal(
    redactedDestination('https://logs.example.com/in/T0/abcdefghijklmnopqrstuvwxyz?header_Authorization=x&a=y&z'),
    'https://logs.example.com/in/T0/REDACTED?header_Authorization=REDACTED&a=REDACTED&REDACTED',
  );
  assert.equal(redactedDestination('file:///var/log'), 'file:///var/log');
  const secret = fc.stringMatching(/^CANARY[A-Za-z0-9+/=%?-]{14,40}$/);
  fc.assert(
    fc.property(secret, fc.constantFrom('s3', 'http', 'path', 'bare'), (canary, where) => {
      const conf = {
        s3: `s3://b/p?region=r&access-key-id=${canary}&secret-access-key=${canary}&session-token=${canary}`,
        http: `https://h/p?header_Authorization=${canary}&token=${canary}`,
        path: `https://h/p/${canary.replaceAll(/[/?]/g, 'x')}`,
        // A token alone, which may end as base64 does.
        bare: `https://h/p?${canary.replaceAll('=', '')}==`,
      }[where];
      assert.doesNotMatch(redactedDestination(conf), /CANARY/);
    }),
  );
});
