import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import test, { type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { OpenCertificateBinding, VersionSpec } from '../domain/index.ts';
import { Child } from './child.ts';
import { renderConfig } from './config.ts';
import { planProcess } from './plan.ts';
import { makeProcessFolder } from './process-folder.ts';
import { untilReady } from './startup.ts';
import { DEFAULT_STARTUP, VersionProcess } from './version-process.ts';
import { aWorkbench, ask, until, type Workbench } from './workbench.ts';

/** Made once with openssl; they are worth nothing outside of tests. */
const GOLDEN = new URL('../../test/golden/tls/', import.meta.url);
const pem = (name: string): Promise<string> => readFile(new URL(name, GOLDEN), 'utf8');

const KINDS = ['rsa', 'ec', 'p384', 'ed25519'];

const bound = async (kind: string): Promise<OpenCertificateBinding> => ({
  type: 'mtls_certificate',
  name: kind.toUpperCase(),
  certificate_id: `id-of-${kind}`,
  keypair: { privateKey: await pem(`${kind}.key`), certificates: await pem(`${kind}.pem`) },
});

/** Fetches by the binding that is named, or without one. */
const FETCHES = `export default { async fetch(request, env) {
  const { by, url, address } = await request.json();
  if (address !== undefined)
    return Promise.resolve().then(() => env[by].connect(address).opened).then(() => new Response('connected'), (error) => new Response('refused: ' + error.message));
  const answered = by === undefined ? fetch(url) : env[by].fetch(url);
  return answered.then((answer) => answer.text(), (error) => new Response('refused: ' + error.message)).then((said) => new Response(said.body ?? said));
} };`;

const asked = (socketPath: string, what: { readonly by?: string; readonly url?: string; readonly address?: string }): Promise<string> =>
  ask(socketPath, '/', {}, JSON.stringify(what));

/** Answers the name in the certificate that it is shown; who shows none of these gets no answer. */
const aServer = async (t: TestContext): Promise<string> => {
  const ca = await Promise.all(KINDS.map((kind) => pem(`${kind}.pem`)));
  const server = createServer(
    { key: await pem('server.key'), cert: await pem('server.pem'), ca, requestCert: true },
    // A server of TLS has sockets of TLS.
    (request, response) => response.end(String((request.socket as TLSSocket).getPeerCertificate().subject.CN)),
  );
  await once(server.listen(0, '127.0.0.1'), 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return `https://localhost:${(server.address() as AddressInfo).port}/`;
};

/** The version's process as it always is, but that it may reach this machine and trusts the server above. */
const letOut = async (t: TestContext, bench: Workbench, spec: VersionSpec): Promise<Child> => {
  const folder = await makeProcessFolder(bench.runtimeDir);
  const plan = planProcess(spec, {
    modulePath: bench.modulePath,
    mainSocket: folder.mainSocket,
    probeSocket: folder.probeSocket,
    eventSocket: folder.eventSocket,
    heapLimitMb: 128,
    dataFolder: folder.path,
    assetsSocket: join(folder.path, 'assets'),
    servicesSocket: join(folder.path, 'services'),
  });
  const config = renderConfig(plan).replaceAll('allow = ["public"]', 'allow = ["public", "local"]');
  const environment = { ...plan.environment, SSL_CERT_FILE: fileURLToPath(new URL('outside.pem', GOLDEN)) };
  const child = await Child.spawn({ config, environment, keys: plan.clients.map(({ privateKey }) => privateKey) }, folder);
  t.after(async () => {
    child.signal('SIGKILL');
    await child.exited;
  });
  await untilReady(child, DEFAULT_STARTUP, undefined);
  return child;
};

test('[U-1] a certificate is shown by the binding to it, whatever its kind, and by nothing else', async (t) => {
  const bench = await aWorkbench(t);
  const url = await aServer(t);
  const twice = { ...(await bound('rsa')), name: 'AGAIN' };
  const bindings = [...(await Promise.all(KINDS.map(bound))), twice];
  const { folder } = await letOut(t, bench, await bench.aVersion({ 'index.js': FETCHES }, { bindings }));
  for (const kind of KINDS) assert.equal(await asked(folder.mainSocket, { by: kind.toUpperCase(), url }), `client-${kind}`);
  assert.equal(await asked(folder.mainSocket, { by: 'AGAIN', url }), 'client-rsa');
  assert.match(await asked(folder.mainSocket, { url }), /^refused: /);
});

test('[U-2] the key of a certificate stands in no file that a process is started from', async (t) => {
  const bench = await aWorkbench(t);
  await using running = await VersionProcess.start(await bench.aVersion({ 'index.js': FETCHES }, { bindings: [await bound('ec')] }), bench);
  const [, secret] = (await pem('ec.key')).split('\n');
  assert.ok(secret !== undefined && secret.length > 40);
  const files = (await readdir(bench.runtimeDir, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  assert.ok(files.some(({ name }) => name === 'config.capnp'));
  for (const { parentPath, name } of files) assert.ok(!(await readFile(join(parentPath, name), 'utf8')).includes(secret), name);
  const environment = await readFile(`/proc/${running.pid}/environ`, 'utf8').catch(() => '');
  assert.ok(!environment.includes(secret));
});

test('[U-3] what is inside is not reached by a certificate either', async (t) => {
  const bench = await aWorkbench(t);
  const refusals: string[] = [];
  const onLog = (line: string) => /connecting to .* is not allowed$/.test(line) && refusals.push(line);
  const options = { ...bench, deniedNetworks: ['203.0.113.0/24'], onLog };
  const spec = await bench.aVersion({ 'index.js': FETCHES }, { bindings: [await bound('rsa')] });
  await using running = await VersionProcess.start(spec, options);
  const inside = ['127.0.0.1', 'localhost', '10.0.0.1', '169.254.169.254', '198.18.0.1', '[::1]', '[64:ff9b::7f00:1]', '203.0.113.9'];
  for (const host of inside) {
    for (const scheme of ['https', 'http']) {
      const before = refusals.length;
      assert.match(await asked(running.socketPath, { by: 'RSA', url: `${scheme}://${host}/` }), /^refused: /, host);
      await until(() => refusals.length > before, `workerd has told that ${host} is not allowed`);
    }
    assert.match(await asked(running.socketPath, { by: 'RSA', address: `${host}:443` }), /^refused: /, host);
  }
});

test('[U-5] a certificate that was deleted by force is an exception that says so', async (t) => {
  const bench = await aWorkbench(t);
  const bindings = [{ type: 'mtls_certificate', name: 'GONE', certificate_id: 'one' } as const, await bound('ec')];
  await using running = await VersionProcess.start(await bench.aVersion({ 'index.js': FETCHES }, { bindings }), bench);
  const said = await asked(running.socketPath, { by: 'GONE', url: 'https://example.com/' });
  assert.equal(said, 'refused: The mTLS certificate of this binding was deleted.');
});
