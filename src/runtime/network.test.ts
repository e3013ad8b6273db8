import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';
import test from 'node:test';
import { VersionProcess } from './version-process.ts';
import { aWorkbench, ask, until } from './workbench.ts';

const REACHES = `import { connect } from 'cloudflare:sockets';
  const fetched = (host) => fetch('http://' + host + '/').then(() => 'fetched', () => 'refused');
  const connected = (address) => Promise.resolve().then(() => connect(address).opened).then(() => 'connected', () => 'refused');
  export default { async fetch(request) {
    const { host, address } = await request.json();
    return Response.json([...new Set([await fetched(host), await connected(address)])]);
  } };`;

const INSIDE = [
  ['127.0.0.1', '127.9.9.9', 'localhost', '0.0.0.0', '2130706433', '0x7f.1', '[::1]', '[::ffff:127.0.0.1]', '[::]', '[::7f00:1]'],
  ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.0.1', '[::ffff:10.0.0.1]', '100.64.0.1', '169.254.169.254'],
  ['198.18.0.1', '198.19.255.255', '192.0.0.1', '224.0.0.1', '240.0.0.1', '255.255.255.255'],
  [
    '[fd00::1]',
    '[fe80::1]',
    '[fec0::1]',
    '[64:ff9b::7f00:1]',
    '[64:ff9b::c0a8:1]',
    '[64:ff9b:1::1]',
    '[2002:a00:1::]',
    '[2001:0:a00:1::1]',
  ],
].flat();

test('[I6] a version reaches no address inside: not by fetch, not by connect, however it is written', async (t) => {
  const bench = await aWorkbench(t);
  const refusals: string[] = [];
  const onLog = (line: string) => /connecting to .* is not allowed$/.test(line) && refusals.push(line);
  await using running = await VersionProcess.start(await bench.aVersion({ 'index.js': REACHES }), { ...bench, onLog });
  for (const host of INSIDE) {
    const before = refusals.length;
    assert.equal(await ask(running.socketPath, '/', {}, JSON.stringify({ host, address: `${host}:80` })), '["refused"]', host);
    await until(() => refusals.length > before, `workerd has told that ${host} is not allowed`);
  }
});

test('[I6] a version reaches neither a server on this machine nor a unix socket', async (t) => {
  const bench = await aWorkbench(t);
  await using running = await VersionProcess.start(await bench.aVersion({ 'index.js': REACHES }), bench);
  const path = join(bench.runtimeDir, 's');
  let connections = 0;
  const listening = async (server: Server, where: string | number): Promise<Server> => {
    t.after(() => server.close());
    server.on('connection', (socket) => {
      connections += 1;
      socket.destroy();
    });
    await once(typeof where === 'number' ? server.listen(where, '0.0.0.0') : server.listen(where), 'listening');
    return server;
  };
  const tcp = await listening(createServer(), 0);
  await listening(createServer(), path);
  const { port } = tcp.address() as AddressInfo;
  const tried = [
    ...['127.0.0.1', 'localhost', '0.0.0.0'].map((host) => ({ host: `${host}:${port}`, address: `${host}:${port}` })),
    { host: `unix:${path}`, address: `unix:${path}` },
    { host: encodeURIComponent(`unix:${path}`), address: { hostname: `unix:${path}`, port: 80 } },
    { host: `unix:${running.socketPath}`, address: { hostname: running.socketPath, port: 80 } },
  ];
  for (const each of tried) {
    assert.equal(await ask(running.socketPath, '/', {}, JSON.stringify(each)), '["refused"]', JSON.stringify(each));
  }
  assert.equal(connections, 0);
});

test('[I6] networks an operator denies are refused too', async (t) => {
  const bench = await aWorkbench(t);
  const refusals: string[] = [];
  const options = { ...bench, deniedNetworks: ['203.0.113.0/24'], onLog: (line: string) => void refusals.push(line) };
  await using running = await VersionProcess.start(await bench.aVersion({ 'index.js': REACHES }), options);
  assert.equal(await ask(running.socketPath, '/', {}, JSON.stringify({ host: '203.0.113.9', address: '203.0.113.9:80' })), '["refused"]');
  await until(() => refusals.some((line) => line.endsWith('connecting to 203.0.113.9:80 is not allowed')), 'workerd has told so');
});
