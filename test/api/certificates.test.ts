import assert from 'node:assert/strict';
import test from 'node:test';
import { storedSpec } from '../../src/control/index.ts';
import { anApi } from '../support/api.ts';
import { aCertificate, pem } from '../support/certificates.ts';
import { aWorker } from '../support/worker-form.ts';

const bound = (certificate_id: string) => ({ metadata: { bindings: [{ type: 'mtls_certificate', name: 'CERT', certificate_id }] } });

test('a certificate is uploaded, listed, shown and deleted as the SDK has it', async (t) => {
  const api = await anApi(t);
  const made = await api.ok('uploadCertificate', {}, { json: aCertificate('rsa', { name: 'shop' }) });
  assert.match(made.id, /^[0-9a-f-]{36}$/);
  const { id, uploaded_on, updated_at, serial_number, ...rest } = made;
  assert.match(serial_number, /^\d{40,}$/);
  assert.equal(updated_at, uploaded_on);
  assert.deepEqual(rest, {
    name: 'shop',
    ca: false,
    certificates: pem('rsa.pem'),
    issuer: 'CN=client-rsa,O=Example Inc.,C=US',
    signature: 'SHA256WithRSA',
    type: 'custom',
    expires_on: '2126-10-28T17:36:51.000Z',
  });
  assert.deepEqual(await api.ok('getCertificate', { certificate_id: id }), made);
  assert.deepEqual(await api.ok('listCertificates', {}), [made]);
  assert.deepEqual(await api.ok('deleteCertificate', { certificate_id: id }), made);
  assert.deepEqual(await api.ok('listCertificates', {}), []);
});

test('a list is of authorities or of the others, of one name, page after page; a certificate needs no name', async (t) => {
  const api = await anApi(t);
  const upload = (json: Readonly<Record<string, unknown>>) => api.ok('uploadCertificate', {}, { json });
  const authority = await upload({ ca: true, certificates: pem('authority.pem'), name: 'root' });
  const [a, b] = [await upload(aCertificate('ec', { name: 'a' })), await upload(aCertificate('ed25519', { name: 'b' }))];
  const unnamed = await upload(aCertificate('ec'));
  assert.equal('name' in unnamed, false);
  assert.deepEqual([authority.ca, authority.signature, b.signature], [true, 'ECDSAWithSHA256', 'ED25519']);
  const ids = async (query = {}) => new Set((await api.ok('listCertificates', {}, { query })).map(({ id }) => id));
  assert.deepEqual(await ids(), new Set([authority, a, b, unnamed].map(({ id }) => id)));
  assert.deepEqual(await ids({ ca: false }), new Set([a, b, unnamed].map(({ id }) => id)));
  assert.deepEqual(await ids({ ca: true }), new Set([authority.id]));
  assert.deepEqual(await ids({ name: 'b' }), new Set([b.id]));
  assert.deepEqual(await ids({ name: unnamed.id }), new Set());
  assert.deepEqual(await ids({ type: 'gateway_managed' }), new Set());
  assert.equal((await ids({ per_page: 3, page: 2 })).size, 1);
});

test('[U-4] a certificate that has expired is taken: it is for the servers to judge', async (t) => {
  const api = await anApi(t);
  const made = await api.ok('uploadCertificate', {}, { json: aCertificate('expired') });
  assert.equal(made.expires_on, '2020-02-01T00:00:00.000Z');
  await api.upload('shop', bound(made.id));
});

test('[U-2] a key is stored sealed and is in no answer and no audit row; the edge alone gets it, with the version', async (t) => {
  const api = await anApi(t);
  const made = await api.ok('uploadCertificate', {}, { json: aCertificate('ec') });
  const { deployment_id: versionId } = await api.upload('shop', bound(made.id));
  assert.ok(versionId !== null && versionId !== undefined);
  const [, secret = ''] = pem('ec.key').split('\n');
  assert.ok(secret.length > 40);
  const answers = [
    await api.ok('getCertificate', { certificate_id: made.id }),
    await api.ok('listCertificates', {}),
    await api.ok('getVersion', { script_name: 'shop', version_id: versionId }),
  ];
  assert.doesNotMatch(JSON.stringify([made, answers, api.world()]), /PRIVATE KEY/);
  assert.ok(!JSON.stringify([made, answers, api.world()]).includes(secret));
  const spec = await storedSpec(api.api, versionId);
  assert.ok(spec.ok);
  assert.deepEqual(spec.value.bindings, [
    {
      type: 'mtls_certificate',
      name: 'CERT',
      certificate_id: made.id,
      keypair: { certificates: pem('ec.pem'), privateKey: pem('ec.key') },
    },
  ]);
});

test('[U-5] a certificate that serves is deleted by force only, and a version whose certificate is gone is not gone back to', async (t) => {
  const api = await anApi(t);
  const { id } = await api.ok('uploadCertificate', {}, { json: aCertificate('ec', { name: 'bank' }) });
  const { deployment_id: one } = await api.upload('shop', bound(id));
  const inUse = await api.refused('deleteCertificate', { certificate_id: id });
  assert.deepEqual([inUse.status, inUse.code], [409, 100340]);
  assert.match(inUse.message, /certificate "bank" is in use.*of shop serves and binds it as CERT.*mtls_certificates\/.*\?force=true/s);
  await api.upload('shop');
  await api.ok('deleteCertificate', { certificate_id: id });
  assert.ok(one !== null && one !== undefined);
  const json = { strategy: 'percentage', versions: [{ version_id: one, percentage: 100 }] };
  const gone = await api.refused('createDeployment', { script_name: 'shop' }, { json, query: { force: true } });
  assert.deepEqual([gone.status, gone.code], [409, 100341]);
  assert.match(gone.message, /CERT binds the certificate "bank" \([0-9a-f-]{36}\), deleted by ada@example.com/);
});

test('[U-5] a version that serves without its certificate can still be revised', async (t) => {
  const api = await anApi(t);
  const { id } = await api.ok('uploadCertificate', {}, { json: aCertificate('ec') });
  await api.upload('shop', bound(id));
  await api.ok('deleteCertificate', { certificate_id: id }, { query: { force: true } });
  await api.ok('putSecret', { script_name: 'shop' }, { json: { name: 'KEY', text: 's', type: 'secret_text' } });
});

test('[U-6] the certificate of an authority is kept and listed, and no Worker can bind it', async (t) => {
  const api = await anApi(t);
  const { id } = await api.ok('uploadCertificate', {}, { json: { ca: true, certificates: pem('authority.pem') } });
  const { status, message } = await api.refused('putScript', { script_name: 'shop' }, { body: aWorker(bound(id)) });
  assert.equal(status, 400);
  assert.match(message, /"CERT" names the certificate .*an authority's/);
  assert.equal((await api.ok('getCertificate', { certificate_id: id })).ca, true);
});
