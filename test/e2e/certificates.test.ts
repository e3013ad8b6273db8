/** mTLS certificates as people use them: by the real wrangler and the SDK. That one is presented is tried where there is an outside. */
import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { pem, pemFile } from '../support/certificates.ts';
import { idAfter, idsIn, linesOf } from '../support/printed.ts';
import { makeProject } from '../support/project.ts';
import { refused, succeeded } from '../support/run.ts';
import { sdkFor } from '../support/sdk.ts';
import { startServer } from '../support/server.ts';

const server = await startServer();
after(() => server[Symbol.asyncDispose]());

const projectWith = (config: Readonly<Record<string, unknown>> = {}): string => {
  const code = 'export default { fetch: (_, env) => new Response(typeof env.BANK?.fetch) };';
  const project = makeProject({ dir: server.projectFolder('bank'), name: 'bank', code, config, format: 'jsonc' });
  for (const name of ['ec.pem', 'ec.key', 'rsa.key', 'authority.pem']) copyFileSync(pemFile(name), join(project, name));
  return project;
};
const project = projectWith();
const attempt = (...args: readonly string[]) => server.client('4.164', args, { project, input: 'y\n' });
const wrangler = async (...args: readonly string[]): Promise<string> => succeeded(await attempt(...args)).combined;

test('wrangler uploads a certificate and an authority, lists them and deletes them by name and by id', async () => {
  const uploaded = await wrangler('cert', 'upload', 'mtls-certificate', '--cert', 'ec.pem', '--key', 'ec.key', '--name', 'shown');
  const id = idAfter('ID:', uploaded);
  assert.match(uploaded, /Issuer: CN=client-ec,O=Example Inc\.,C=US/);
  const authority = idAfter('ID:', await wrangler('cert', 'upload', 'certificate-authority', '--ca-cert', 'authority.pem'));
  const listed = await wrangler('cert', 'list');
  assert.deepEqual(new Set(idsIn(listed)), new Set([id, authority]));
  assert.deepEqual([linesOf('Name', listed), linesOf('CA', listed)], [['shown'], ['true']]);
  const other = refused(await attempt('cert', 'upload', 'mtls-certificate', '--cert', 'ec.pem', '--key', 'rsa.key'));
  assert.match(other.combined, /does not belong to the first certificate.*100393/s);
  const again = refused(await attempt('cert', 'upload', 'mtls-certificate', '--cert', 'ec.pem', '--key', 'ec.key', '--name', 'shown'));
  assert.match(again.combined, /exists already/);
  assert.match(await wrangler('cert', 'delete', '--name', 'shown'), new RegExp(`Deleted certificate ${id}`));
  assert.match(await wrangler('cert', 'delete', '--id', authority), new RegExp(`Deleted certificate ${authority}`));
  assert.match(refused(await attempt('cert', 'delete', '--id', authority)).combined, /There is no certificate/);
  assert.deepEqual(idsIn(await wrangler('cert', 'list')), []);
});

test('[U-5] a Worker binds a certificate; what serves keeps it, and a rollback to what is without it is refused by name', async () => {
  const id = idAfter('ID:', await wrangler('mtls-certificate', 'upload', '--cert', 'ec.pem', '--key', 'ec.key', '--name', 'bank'));
  projectWith({ mtls_certificates: [{ binding: 'BANK', certificate_id: 'nobody' }] });
  assert.match(refused(await attempt('deploy')).combined, /"BANK" names the certificate "nobody", which does not exist/);
  projectWith({ mtls_certificates: [{ binding: 'BANK', certificate_id: id }] });
  const bound = idAfter('Current Version ID:', await wrangler('deploy'));
  assert.equal((await server.visit('bank')).text, 'function');
  assert.match(
    refused(await attempt('cert', 'delete', '--id', id)).combined,
    new RegExp(`"bank" is in use.*${bound} of bank serves and binds`, 's'),
  );
  projectWith();
  await wrangler('deploy');
  await wrangler('cert', 'delete', '--id', id);
  assert.match(refused(await attempt('rollback', bound, '-y')).combined, /BANK binds the certificate "bank".*deleted by/s);
  assert.equal((await server.visit('bank')).text, 'undefined');
});

test('the official SDK uploads, gets, lists and deletes a certificate', async () => {
  const sdk = sdkFor(server.connection);
  const account = { account_id: server.connection.accountId };
  const made = (await sdk('mtlsCertificates.create', {
    ...account,
    ca: false,
    certificates: pem('ec.pem'),
    private_key: pem('ec.key'),
  })) as { readonly id: string };
  assert.deepEqual(await sdk('mtlsCertificates.get', made.id, account), made);
  const seen: string[] = [];
  const pages = (await sdk('mtlsCertificates.list', { ...account, type: ['custom'] })) as AsyncIterable<{ id: string }>;
  for await (const { id } of pages) seen.push(id);
  assert.deepEqual(seen, [made.id]);
  assert.deepEqual(await sdk('mtlsCertificates.delete', made.id, account), made);
});
