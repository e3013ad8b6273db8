import assert from 'node:assert/strict';
import { once } from 'node:events';
import { copyFile, rm, writeFile } from 'node:fs/promises';
import { connect as connectH2, type ClientHttp2Session } from 'node:http2';
import { request as httpsRequest } from 'node:https';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import test from 'node:test';
import { WebSocket, WebSocketServer, type ClientOptions } from 'ws';
import { Certificates } from './tls.ts';
import { aFolder, aLog, anEdge, aTable, aWorker, CF_HEADER, until, V1, type TestEdge } from './testing.ts';

/** Made once with openssl for `one.test`, `*.one.test` and the like; they are worth nothing outside these tests. */
const GOLDEN = new URL('./golden/tls/', import.meta.url);

const put = async (folder: string, name: string, pair: 'one' | 'two'): Promise<void> => {
  await copyFile(new URL(`${pair}.key`, GOLDEN), join(folder, `${name}.key`));
  await copyFile(new URL(`${pair}.pem`, GOLDEN), join(folder, `${name}.pem`));
};

/** The name in the certificate that a server shows for a host; undefined when it shows none. */
const shownTo = async (port: number, servername: string): Promise<string | undefined> => {
  const socket = connectTls({ port, servername, rejectUnauthorized: false });
  try {
    await once(socket, 'secureConnect');
    return String(socket.getPeerCertificate().subject.CN);
  } catch {
    return undefined;
  } finally {
    socket.destroy();
  }
};

const TABLE = aTable([aWorker('hello')], { routes: [{ pattern: '*one.test/*', script: 'hello' }] });

const ask = async (
  session: ClientHttp2Session,
  headers: Record<string, string | number>,
  body?: Buffer,
): Promise<{ headers: Record<string, unknown>; body: Buffer }> => {
  const stream = session.request({ ':authority': 'www.one.test', ...headers }, { endStream: body === undefined });
  if (body !== undefined) stream.end(body);
  const [answer] = await once(stream, 'response');
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return { headers: answer, body: Buffer.concat(chunks) };
};

const dialH2 = async (edge: TestEdge): Promise<ClientHttp2Session> => {
  const session = connectH2(`https://127.0.0.1:${edge.port}`, {
    servername: 'www.one.test',
    rejectUnauthorized: false,
    maxSessionMemory: 100,
  });
  await once(session, 'connect');
  return session;
};

test('[E-40] visitors speak HTTP/2 over TLS: streams, bodies, cookies, pages, and request.cf tells what they speak', async () => {
  await using folder = await aFolder();
  await put(folder.path, '_.one.test', 'one');
  await using edge = await anEdge(
    (request, response) => {
      if (request.url === '/echo') return void request.pipe(response);
      response.setHeader('set-cookie', ['a=1', 'b=2']);
      response.setHeader('connection', 'close');
      response.end(JSON.stringify({ ...request.headers, transfer: request.headers['transfer-encoding'], method: request.method }));
    },
    { tlsDir: folder.path, table: TABLE },
  );
  const session = await dialH2(edge);
  const { headers, body } = await ask(session, { ':path': '/', 'x-forwarded-for': '6.6.6.6' });
  const seen = JSON.parse(String(body));
  assert.equal(headers[':status'], 200);
  assert.deepEqual(headers['set-cookie'], ['a=1', 'b=2']);
  assert.equal(seen.host, 'www.one.test');
  assert.equal(seen['x-forwarded-proto'], 'https');
  assert.equal(seen['cf-connecting-ip'], '127.0.0.1');
  assert.equal(seen.transfer, undefined);
  const cf = JSON.parse(seen[CF_HEADER]);
  assert.equal(cf.httpProtocol, 'HTTP/2');
  assert.equal(cf.tlsVersion, 'TLSv1.3');
  const large = Buffer.alloc(5_000_000, 3);
  const echoes = await Promise.all([1, 2, 3].map(() => ask(session, { ':path': '/echo', ':method': 'POST' }, large)));
  for (const echo of echoes) assert.deepEqual(echo.body, large);
  const missing = await ask(session, { ':path': '/', ':authority': 'nobody.test', accept: 'application/json' });
  assert.equal(missing.headers[':status'], 404);
  const head = await ask(session, { ':path': '/', ':method': 'HEAD' });
  assert.equal(head.headers[':status'], 200);
  assert.equal(head.body.length, 0);
  await until(() => edge.pool.inFlight === 0, 'nothing is in flight');
  session.close();
});

test('[E-41] an HTTP/2 visitor that leaves takes its request along, and a broken answer resets its stream', async () => {
  await using folder = await aFolder();
  await put(folder.path, 'default', 'one');
  let aborted = false;
  await using edge = await anEdge(
    (request, response) => {
      response.once('close', () => (aborted ||= !response.writableFinished));
      response.write('begun');
      if (request.url === '/break') setImmediate(() => response.destroy());
    },
    { tlsDir: folder.path, table: TABLE },
  );
  const session = await dialH2(edge);
  const broken = session.request({ ':path': '/break', ':authority': 'www.one.test' });
  const [error] = (await once(broken.resume(), 'error')) as [Error];
  assert.match(error.message, /NGHTTP2_INTERNAL_ERROR/);
  aborted = false;
  const stream = session.request({ ':path': '/', ':authority': 'www.one.test' });
  await once(stream, 'data');
  stream.close(8);
  await until(() => aborted, 'the version sees it');
  await until(() => edge.pool.inFlight === 0, 'nothing is in flight');
  session.destroy();
});

test('[E-42] HTTP/1.1 and WebSockets work over TLS on the same port', async () => {
  await using folder = await aFolder();
  await put(folder.path, '_.one.test', 'one');
  await using edge = await anEdge((_, response) => response.end('old'), { tlsDir: folder.path, table: TABLE });
  const request = httpsRequest({
    port: edge.port,
    servername: 'www.one.test',
    rejectUnauthorized: false,
    agent: false,
    headers: { host: 'www.one.test' },
  });
  request.end();
  const [response] = await once(request, 'response');
  assert.equal(response.httpVersion, '1.1');
  assert.equal(String((await once(response, 'data'))[0]), 'old');
  const echo = new WebSocketServer({ noServer: true });
  edge.pool.versions
    .get(V1)
    ?.server.on('upgrade', (head, socket, early) =>
      echo.handleUpgrade(head, socket, early, (peer) => peer.on('message', (data) => peer.send(`echo ${String(data)}`))),
    );
  const options: ClientOptions & { servername: string } = {
    servername: 'www.one.test',
    rejectUnauthorized: false,
    headers: { host: 'www.one.test' },
  };
  const socket = new WebSocket(`wss://127.0.0.1:${edge.port}/`, options);
  await once(socket, 'open');
  socket.send('hi');
  assert.equal(String((await once(socket, 'message'))[0]), 'echo hi');
  socket.terminate();
});

test('[E-43] each host gets its own certificate, and one nobody has a certificate for is refused', async () => {
  await using folder = await aFolder();
  await put(folder.path, 'one.test', 'one');
  await put(folder.path, '_.two.test', 'two');
  await using edge = await anEdge((_, response) => response.end(), { tlsDir: folder.path });
  assert.equal(await shownTo(edge.port, 'one.test'), 'one.test');
  assert.equal(await shownTo(edge.port, 'WWW.two.test'), 'two.test');
  assert.equal(await shownTo(edge.port, 'two.test'), undefined);
  assert.equal(await shownTo(edge.port, 'a.b.two.test'), undefined);
  await put(folder.path, 'default', 'two');
});

test('[E-44] a renewed certificate is used for new connections, a broken one is not, and a removed one is gone', async () => {
  await using folder = await aFolder();
  const log = aLog();
  await put(folder.path, 'one.test', 'one');
  const certificates = await Certificates.open(folder.path, log, 10);
  const first = certificates.for('one.test');
  assert.ok(first);
  await put(folder.path, 'one.test', 'two');
  await until(() => certificates.for('one.test') !== first, 'the renewed one is loaded');
  const second = certificates.for('one.test');
  await writeFile(join(folder.path, 'one.test.pem'), 'not a certificate');
  await until(() => log.lines.some(({ level }) => level === 'warn'), 'the broken one is noticed');
  assert.equal(certificates.for('one.test'), second);
  await rm(join(folder.path, 'one.test.pem'));
  await until(() => certificates.for('one.test') === undefined, 'it is gone');
  certificates.close();
  await assert.rejects(Certificates.open(folder.path, log), /no certificate that can be used/);
});
