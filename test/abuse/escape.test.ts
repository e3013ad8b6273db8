/** A real Worker on a whole server tries to get out: to what listens inside, and to the machine it runs on. */
import assert from 'node:assert/strict';
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import test, { after } from 'node:test';
import { send } from '../support/send.ts';
import { startServer } from '../support/server.ts';
import { aWorker } from '../support/worker-form.ts';
import { type Attempt, PRISONER } from './prisoner.ts';
import { deploy } from './seen.ts';

const server = await startServer();
after(() => server[Symbol.asyncDispose]());
const flags = { compatibility_flags: ['nodejs_compat', 'global_fetch_strictly_public'] };
const prison = await deploy(server, 'prisoner', PRISONER, flags);
const other = await deploy(server, 'other', 'export default { fetch: () => new Response("secret of another") };');
await server.visit(other);

/** Answers on every address of this machine, and remembers who came. */
let callers = 0;
const canary = createServer((socket) => {
  callers += 1;
  socket.on('error', () => {}).end('HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nescaped');
});
await once(canary.listen(0, '::'), 'listening');
after(() => canary.close());

const portOf = (url: string | undefined): number => Number(new URL(url ?? '').port);
const canaryPort = (canary.address() as AddressInfo).port;
const ports = {
  canary: canaryPort,
  api: portOf(server.started.control_url),
  edge: portOf(server.edgeUrl),
  health: portOf(server.started.edge_admin_url),
};

const outcomesOf = async (attempts: readonly Attempt[], host = prison): Promise<readonly string[]> => {
  const body = Buffer.from(JSON.stringify(attempts));
  const answer = await send({ url: server.edgeUrl, method: 'POST', headers: { host }, body });
  assert.equal(answer.status, 200, answer.body.toString());
  return JSON.parse(answer.body.toString()) as readonly string[]; // Our own Worker's.
};

const assertRefused = async (attempts: readonly Attempt[], host?: string): Promise<void> => {
  const outcomes = await outcomesOf(attempts, host);
  assert.equal(outcomes.length, attempts.length);
  for (const [index, outcome] of outcomes.entries()) assert.match(outcome, /^refused: /, JSON.stringify(attempts[index]));
  assert.equal(callers, 0);
};

const LOOPBACK = [
  [
    '127.0.0.1',
    '127.1',
    '127.255.255.254',
    '2130706433',
    '0x7f000001',
    '0x7f.0.0.1',
    '0177.0.0.1',
    '017700000001',
    '127.0.0.1.',
    '１２７.0.0.1',
  ],
  ['0.0.0.0', '0', '0x0', 'localhost', 'LOCALHOST', 'localhost.', 'ip6-localhost', 'ip6-loopback', 'x.localhost', '%6c%6f%63alhost'],
  [
    '[::1]',
    '[0:0:0:0:0:0:0:1]',
    '[::]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[::127.0.0.1]',
    '[64:ff9b::127.0.0.1]',
    '[64:ff9b::7f00:1]',
  ],
  ['[2002:7f00:1::]', '[::ffff:0:127.0.0.1]', '[64:ff9b:1::7f00:1]'],
].flat();
const PRIVATE = [
  [
    '10.0.0.1',
    '10.1',
    '0x0a000001',
    '167772161',
    '172.16.0.1',
    '172.31.255.254',
    '192.168.0.1',
    '192.168.1',
    '100.64.0.1',
    '169.254.169.254',
  ],
  [
    '[fd00::1]',
    '[fe80::1]',
    '[fec0::1]',
    '[::ffff:192.168.0.1]',
    '[64:ff9b::a00:1]',
    '[2002:c0a8:1::]',
    '[ff02::1]',
    '224.0.0.1',
    '255.255.255.255',
  ],
].flat();

test('[B-6] no spelling of this machine or of a private network is reached, by fetch or by a socket', async () => {
  const hosts = [...LOOPBACK, ...PRIVATE];
  await assertRefused(hosts.map((host) => ({ by: 'fetch', target: `http://${host}:${ports.canary}/` })));
  await assertRefused(hosts.map((host) => ({ by: 'connect', target: `${host}:${ports.canary}` })));
  await assertRefused(hosts.map((host) => ({ by: 'connect', target: { hostname: host.replaceAll(/[[\]]/g, ''), port: ports.canary } })));
});

test('[B-6] every other way to a socket is refused as well', async () => {
  for (const host of ['127.0.0.1', 'localhost', '0.0.0.0', '::1', '::ffff:127.0.0.1']) {
    const inUrl = host.includes(':') ? `[${host}]` : host;
    await assertRefused([
      { by: 'webSocket', target: `ws://${inUrl}:${ports.canary}/` },
      { by: 'eventSource', target: `http://${inUrl}:${ports.canary}/` },
      { by: 'netConnect', target: { host, port: ports.canary } },
      { by: 'httpRequest', target: { host, port: ports.canary } },
      { by: 'fetch', target: `https://${inUrl}:${ports.canary}/` },
    ]);
  }
});

test('[B-6] the API, the edge and its health page are not reached, by their hosts, by another Worker or by oneself', async () => {
  const hosts = ['127.0.0.1', 'localhost', '[::1]', prison, other, 'x.localhost'];
  const attempts = hosts.flatMap((host): Attempt[] =>
    [ports.api, ports.edge, ports.health].flatMap((port): Attempt[] => [
      { by: 'fetch', target: `http://${host}:${port}/client/v4/accounts` },
      { by: 'connect', target: `${host}:${port}` },
    ]),
  );
  await assertRefused(attempts);
});

test('[B-6] a name that the resolver knows to lead inside is refused', async (t) => {
  const name = hostname();
  const addresses = await lookup(name, { all: true }).catch(() => []);
  if (addresses.length === 0) return t.skip(`The resolver does not know ${name}, and without a network no other name leads inside.`);
  await assertRefused([
    { by: 'fetch', target: `http://${name}:${ports.canary}/` },
    { by: 'connect', target: `${name}:${ports.canary}` },
    ...addresses.map(({ address, family }): Attempt => {
      const host = family === 6 ? `[${address}]` : address;
      return { by: 'connect', target: `${host}:${ports.canary}` };
    }),
  ]);
});

test('[B-6] no unix socket is reached, neither of a version nor of the server', async () => {
  const folders = server.runtimes().map((pid) => dirname(readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')[2] ?? ''));
  const files = folders.flatMap((folder) => readdirSync(folder, { withFileTypes: true }));
  const sockets = files.filter((file) => file.isSocket()).map(({ parentPath, name }) => join(parentPath, name));
  assert.ok(sockets.length >= 4, `each of two versions has two sockets: ${sockets.join(', ')}`);
  await assertRefused(
    sockets.flatMap((path): Attempt[] => [
      { by: 'fetch', target: `http://unix:${path}/` },
      { by: 'fetch', target: `unix:${path}` },
      { by: 'fetch', target: `http+unix://${encodeURIComponent(path)}/` },
      { by: 'connect', target: `unix:${path}` },
      { by: 'connect', target: { hostname: `unix:${path}`, port: 80 } },
      { by: 'connect', target: { hostname: path, port: 80 } },
      { by: 'netConnect', target: { path } },
      { by: 'httpRequest', target: { socketPath: path, path: '/' } },
    ]),
  );
});

test('[B-7] no file of the host is read, listed or written', async () => {
  const secret = join(server.folder, 'secret.txt');
  writeFileSync(secret, 'secret of the host');
  const files = [
    secret,
    '/etc/passwd',
    '/proc/self/environ',
    '/proc/self/mem',
    '/proc/1/cmdline',
    '/dev/mem',
    '/bundle/../etc/passwd',
    '../../../../etc/passwd',
  ];
  await assertRefused([
    ...files.flatMap((path): Attempt[] => [
      { by: 'readFile', target: path },
      { by: 'fetch', target: new URL(path, 'file:///').href },
      { by: 'import', target: path },
      { by: 'import', target: new URL(path, 'file:///').href },
      { by: 'createRequire', target: path },
    ]),
    ...[server.data, '/etc', '/proc', '/proc/self/fd', '/root', '/home'].map((target): Attempt => ({ by: 'listFolder', target })),
  ]);
  const written = join(server.folder, 'written.txt');
  await outcomesOf([{ by: 'writeFile', target: written }]);
  assert.ok(!existsSync(written));
});

test('[B-7] no process, thread, inspector, library or environment of the host is had', async () => {
  await assertRefused([
    { by: 'execSync', target: 'echo escaped' },
    { by: 'spawn', target: '/bin/true' },
    { by: 'fork', target: '/bin/true' },
    { by: 'workerThread', target: '1' },
    { by: 'inspectorOpen', target: '' },
    { by: 'dlopen', target: '/lib/x86_64-linux-gnu/libc.so.6' },
    ...['fs', 'process_wrap', 'tcp_wrap', 'spawn_sync'].map((target): Attempt => ({ by: 'processBinding', target })),
    ...['1', String(process.pid), '0'].map((target): Attempt => ({ by: 'kill', target })),
    ...['PATH', 'HOME', 'XDG_STATE_HOME', 'SB_SECRET_0'].map((target): Attempt => ({ by: 'readEnvironment', target })),
    { by: 'evaluate', target: 'return 6 * 7' },
    ...[
      'workerd:unsafe',
      'workerd:unsafe-eval',
      'internal:unsafe-eval',
      'cloudflare-internal:env',
      'node-internal:internal_errors',
      'probe',
      'probe.js',
    ].map((target): Attempt => ({ by: 'import', target })),
  ]);
});

test('[B-7] where modules have addresses of files, no file of the host is one', async () => {
  const metadata = { compatibility_flags: ['nodejs_compat', 'new_module_registry'] };
  const host = await deploy(server, 'registry', PRISONER, metadata);
  const targets = [
    'file:///etc/passwd',
    'file:///proc/self/environ',
    '/etc/passwd',
    '../../etc/passwd',
    'file:///bundle/../etc/passwd',
    'workerd:unsafe',
  ];
  await assertRefused(
    targets.map((target) => ({ by: 'import', target })),
    host,
  );
});

test('[B-7] flags that open what is experimental or unsafe are refused at the upload', async () => {
  for (const flag of ['experimental', 'unsafe_module', 'python_workers', 'typescript_strip_types', 'service_binding_extra_handlers']) {
    const metadata = { compatibility_flags: [flag] };
    await assert.rejects(server.api('PUT', `workers/scripts/flagged`, aWorker({ code: PRISONER, metadata })), /400|flag/, flag);
  }
});

test('[B-8] what only the edge may say is believed from no visitor', async () => {
  const forged = {
    'cf-connecting-ip': '6.6.6.6',
    'x-real-ip': '6.6.6.6',
    'x-forwarded-for': '6.6.6.6',
    'x-forwarded-proto': 'https',
    'true-client-ip': '6.6.6.6',
    'cf-ray': 'forged',
    'cf-worker': 'forged.test',
    'cf-visitor': '{"scheme":"https"}',
    'cf-ipcountry': 'XX',
    'cf-access-jwt-assertion': 'forged',
    'switchback-cf': '{"country":"XX"}',
    'switchback-scheme': 'https',
    'switchback-version': 'forged',
    forwarded: 'for=6.6.6.6;proto=https',
    connection: 'cf-connecting-ip, switchback-cf, switchback-scheme, cf-ray, x-forwarded-for',
  };
  const { text } = await server.visit(prison, '/head', forged);
  for (const word of ['6.6.6.6', 'forged', 'XX', 'https']) assert.ok(!text.includes(word), `${word} in ${text}`);
  const { headers, url } = JSON.parse(text) as { headers: Record<string, string>; url: string };
  assert.equal(headers['cf-connecting-ip'], '127.0.0.1');
  assert.equal(url, `http://${prison}/head`);
});

test('[B-8] a Worker cannot say which version answered, nor under which ray', async () => {
  const plain = await server.visit(prison, '/forge');
  assert.equal(plain.headers['switchback-version'], undefined);
  assert.match(String(plain.headers['cf-ray']), /^[\da-f]{16}-SB$/);
  const asked = await server.visit(prison, '/forge', { 'switchback-debug': '1' });
  assert.match(String(asked.headers['switchback-version']), /^"[\da-f-]{36}";reason=only;/);
});
