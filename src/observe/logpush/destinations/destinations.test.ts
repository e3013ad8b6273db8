import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { gunzipSync } from 'node:zlib';
import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import { aFolder } from '../../../../test/support/temporary.ts';
import { aReceiver, OPEN, type Received } from '../testing.ts';
import { AddressGuard, PrivateAddress } from './guard.ts';
import { targetOf, writeToDestination, type DestinationRules } from './index.ts';

const CLOSED: DestinationRules = { allowPrivate: false, deniedNetworks: ['203.0.113.0/24', '93.184.216.34/32'], fileRoot: undefined };
const TEST = { name: 'test.txt', content: '{"content":"tests"}\n', isKept: false };

const refusalOf = async (conf: string, rules: DestinationRules): Promise<string> => {
  const written = await writeToDestination(conf, rules, TEST);
  return written.ok ? 'none' : `${written.refusal.code} ${JSON.stringify(written.refusal)}`;
};

test('[LP-9] an HTTP destination gets a POST of gzip, with the headers and the rest of its query', async (t) => {
  const receiver = await aReceiver(t);
  const conf = `${receiver.url}/in?header_Authorization=Bearer%20s3cret&tag=a&header_X-Team=eu`;
  assert.deepEqual(await writeToDestination(conf, OPEN, TEST), { ok: true, value: undefined });
  const [received] = receiver.received;
  assert.ok(received !== undefined);
  assert.deepEqual([received.method, received.path], ['POST', '/in?tag=a']);
  const { authorization, 'x-team': team, 'content-encoding': encoding, 'content-length': length } = received.headers;
  assert.deepEqual([authorization, team, encoding, Number(length)], ['Bearer s3cret', 'eu', 'gzip', received.body.length]);
  assert.equal(gunzipSync(received.body).toString(), TEST.content);
});

test('[LP-9] a redirect is not followed, and what a destination says is repeated only as far as it cannot be a credential', async (t) => {
  const inside = await aReceiver(t);
  const receiver = await aReceiver(t);
  const conf = `${receiver.url}/?header_Authorization=CANARY`;
  receiver.answer = () => ({ status: 307, headers: { location: inside.url } });
  assert.match(await refusalOf(conf, OPEN), /fails.*it answered 307 Temporary Redirect, and redirects are not followed/);
  assert.equal(inside.received.length, 0);
  receiver.answer = ({ headers }) => ({ status: 403, body: `<Error><Code>AccessDenied</Code>${headers.authorization}</Error>` });
  const said = await refusalOf(conf, OPEN);
  assert.match(said, /it answered 403 Forbidden \(AccessDenied\)/);
  assert.doesNotMatch(said, /CANARY/);
});

test('[LP-7] why nothing was taken is said: nobody listens, no such host', async (t) => {
  const receiver = await aReceiver(t);
  await receiver.away();
  assert.match(await refusalOf(receiver.url, OPEN), /fails.*ECONNREFUSED/);
  assert.match(await refusalOf('http://nobody.invalid/', OPEN), /fails.*host name cannot be resolved/);
});

const inside: readonly string[] = [
  'https://127.0.0.1/',
  'https://127.1/',
  'https://0x7f000001/',
  'https://2130706433/',
  'https://[::1]/',
  'https://[::ffff:127.0.0.1]/',
  'https://[::ffff:7f00:1]/',
  'https://[64:ff9b::7f00:1]/',
  'https://0.0.0.0/',
  'https://10.1.2.3/',
  'https://169.254.169.254/latest/meta-data',
  'https://192.168.1.1/',
  'https://172.31.0.1/',
  'https://100.64.0.1/',
  'https://[fd00::1]/',
  'https://[fe80::1]/',
  'https://198.18.0.1/',
  'https://93.184.216.34/',
  'https://localhost/',
  'http://example.com/',
  's3://bucket/x?region=r&access-key-id=a&secret-access-key=b&endpoint=127.0.0.1:9000',
  's3://bucket/x?region=r&access-key-id=a&secret-access-key=b&endpoint=http://s3.example.com',
];

for (const conf of inside) {
  test(`[LP-8] ${conf} leads inside or is not encrypted, and is not sent to`, async () => {
    assert.match(await refusalOf(conf, CLOSED), /^logpush_destination_private/);
  });
}

test('[LP-8] what counts is the address that is connected to, whatever the name resolved to before', async () => {
  const { promise, resolve } = Promise.withResolvers<Error | null>();
  new AddressGuard(CLOSED).lookup('localhost', { all: true }, (error) => resolve(error));
  assert.ok((await promise) instanceof PrivateAddress);
  // A target was made for a name that is no address; each of its connections resolves it anew.
  const target = targetOf('https://localhost:1/', CLOSED);
  assert.ok(target.ok);
  const file = { name: 'x', at: 0, content: Buffer.from('x'), size: 1, sha256: '', isGzip: false };
  await assert.rejects(target.value.put(file, AbortSignal.timeout(5000)), PrivateAddress);
});

test('[LP-8] a name that leads inside the second time, or by one of its addresses, is not connected to', async () => {
  const found = [['93.184.216.35'], ['127.0.0.1'], ['93.184.216.35', '::1'], ['::ffff:10.0.0.1']];
  const guard = new AddressGuard(CLOSED, (_, __, answer) => {
    const addresses = found.shift() ?? [];
    answer(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  });
  const ask = () =>
    new Promise((resolve) => guard.lookup('logs.example.com', {}, (error, address) => resolve(error === null ? address : error.name)));
  assert.deepEqual(
    [await ask(), await ask(), await ask(), await ask()],
    ['93.184.216.35', 'PrivateAddress', 'PrivateAddress', 'PrivateAddress'],
  );
});

test('[LP-8] public addresses are sent to, and all where the operator allows it', () => {
  const guard = new AddressGuard({ allowPrivate: false, deniedNetworks: [] });
  assert.throws(() => guard.check('[::1]'), PrivateAddress);
  assert.doesNotThrow(() => guard.check('93.184.216.34'));
  assert.doesNotThrow(() => guard.check('[2606:4700::1111]'));
  assert.doesNotThrow(() => new AddressGuard(OPEN).check('127.0.0.1'));
});

/** Signs the request anew with AWS's own library, from what arrived. */
const signedAnew = async ({ method, path, headers }: Received): Promise<string> => {
  const credentials = { accessKeyId: 'AKID', secretAccessKey: 'secret/+key=', ...tokenIn(headers) };
  const signer = new SignatureV4({
    credentials,
    region: 'eu-west-1',
    service: 's3',
    sha256: Sha256,
    uriEscapePath: false,
    applyChecksum: true,
  });
  const names = /SignedHeaders=([^,]+)/.exec(String(headers.authorization))?.[1]?.split(';') ?? [];
  const signed = Object.fromEntries(names.filter((name) => name !== 'x-amz-security-token').map((name) => [name, String(headers[name])]));
  const date = String(headers['x-amz-date']).replace(/^(....)(..)(..T..)(..)(..Z)$/, '$1-$2-$3:$4:$5');
  const request = { method, protocol: 'http:', hostname: 'ignored', path, query: {}, headers: signed };
  const { headers: anew } = await signer.sign(request, { signingDate: new Date(date) });
  return String(anew['authorization']);
};

const tokenIn = (headers: Received['headers']) =>
  headers['x-amz-security-token'] === undefined ? {} : { sessionToken: String(headers['x-amz-security-token']) };

for (const more of ['', '&session-token=tok%2Fen', '&sse=AES256']) {
  test(`[LP-11] an object is put with a signature that AWS's own library makes${more === '' ? '' : ` (${more.slice(1)})`}`, async (t) => {
    const receiver = await aReceiver(t);
    const folder = await aFolder(t);
    const path = join(folder, 'batch');
    const content = Buffer.from('0123456789');
    await writeFile(path, content);
    const sha256 = '84d89877f0d4041efb6bf91a16f0248f2fd573e6af05c19f96bedb9f882f7882';
    const target = targetOf(
      `s3://logs/a%20b/date={DATE}?region=eu-west-1&access-key-id=AKID&secret-access-key=secret/%2Bkey%3D&endpoint=${receiver.url}${more}`.replace(
        'a b',
        'a%20b',
      ),
      OPEN,
    );
    assert.ok(target.ok);
    const name = '20260101T000000Z_20260101T000030Z_84d89877.log.gz';
    await target.value.put(
      { name, at: Date.UTC(2026, 0, 1), content: { path }, size: 10, sha256, isGzip: true },
      AbortSignal.timeout(5000),
    );
    const [received] = receiver.received;
    assert.ok(received !== undefined);
    assert.deepEqual([received.method, received.body], ['PUT', content]);
    assert.equal(decodeURIComponent(received.path), `/logs/a b/date=20260101/${name}`);
    assert.equal(received.headers['x-amz-content-sha256'], sha256);
    assert.equal(received.headers['x-amz-server-side-encryption'], more.includes('sse') ? 'AES256' : undefined);
    assert.equal(received.headers.authorization, await signedAnew(received));
  });
}

test('[LP-10] a file is written whole below the folder of the operator, and the one of the test goes again', async (t) => {
  const root = await aFolder(t);
  const rules = { ...CLOSED, fileRoot: root };
  const conf = `file://${root}/logs/{DATE}`;
  assert.deepEqual(await writeToDestination(conf, rules, TEST), { ok: true, value: undefined });
  const day = new Date().toISOString().slice(0, 10).replaceAll('-', '');
  assert.deepEqual(await readdir(join(root, 'logs', day)), []);
  await writeFile(join(root, 'logs', day, 'test.txt.gz'), 'of somebody else');
  await writeToDestination(conf, rules, TEST);
  assert.deepEqual(await readdir(join(root, 'logs', day)), ['test.txt.gz']);
  await writeToDestination(conf, rules, { ...TEST, isKept: true });
  assert.equal(await readFile(join(root, 'logs', day, 'test.txt'), 'utf8'), TEST.content);
  const kept = join(await aFolder(t), 'batch');
  await writeFile(kept, 'x'.repeat(100_000));
  const target = targetOf(`file://${root}`, rules);
  assert.ok(target.ok);
  await target.value.put(
    { name: 'b.log.gz', at: 0, content: { path: kept }, size: 100_000, sha256: '', isGzip: true },
    AbortSignal.timeout(5000),
  );
  assert.equal((await stat(join(root, 'b.log.gz'))).size, 100_000);
});

test('[LP-10] not beside that folder, not by a link out of it, and not where there is none', async (t) => {
  const [root, other] = [await aFolder(t), await aFolder(t)];
  const rules = { ...CLOSED, fileRoot: root };
  await symlink(other, join(root, 'out'));
  await mkdir(join(root, 'in'));
  await symlink(join(other, 'stolen'), join(root, 'in', 'test.txt.gz.part'));
  assert.match(await refusalOf(`file://${other}`, rules), /^logpush_destination_invalid.*below the folder/);
  assert.match(await refusalOf(`file://${root}-beside`, rules), /^logpush_destination_invalid/);
  assert.match(await refusalOf(`file://${root}/out/deeper`, rules), /^logpush_destination_fails.*no folder, or a link/);
  assert.equal(await refusalOf(`file://${root}/in`, rules), 'none');
  assert.match(await refusalOf(`file://${root}`, CLOSED), /--logpush-dir/);
  assert.deepEqual(await readdir(other), []);
});
