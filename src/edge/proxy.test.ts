import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import test from 'node:test';
import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { anEdge, aTable, aWorker, CF_HEADER, splitOf, until, V1, V2, type TestEdge } from './testing.ts';

const HOST = 'hello.team.localhost';

/** Node's own client: unlike fetch it sends any Host and shows raw headers. */
const ask = async (edge: TestEdge, path: string, options: RequestOptions & { body?: string | Buffer } = {}): Promise<IncomingMessage> => {
  const { body, headers, ...rest } = options;
  const request = httpRequest({ port: edge.port, path, agent: false, ...rest, headers: { host: HOST, ...(headers as object) } });
  request.end(body);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return response;
};

const textOf = async (response: IncomingMessage): Promise<string> => {
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += chunk;
  return text;
};

const get = async (
  edge: TestEdge,
  path: string,
  headers: Record<string, string | string[]> = {},
): Promise<{ response: IncomingMessage; text: string }> => {
  const response = await ask(edge, path, { headers });
  return { response, text: await textOf(response) };
};

const echoHeaders = (request: IncomingMessage, response: import('node:http').ServerResponse): void => {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ headers: request.headers, raw: request.rawHeaders, url: request.url, method: request.method }));
};

test('[E-1] a request reaches the version with its method, path, query, host and body, and the answer comes back whole', async () => {
  await using edge = await anEdge((request, response) => {
    void textOf(request).then((text) => {
      response.writeHead(201, 'Made', { 'X-Answer': 'yes', 'Set-Cookie': ['a=1', 'b=2'] });
      response.end(`${request.method} ${request.url} ${request.headers.host} ${text}`);
    });
  });
  const response = await ask(edge, '/a%20b?c=d&e', { method: 'PATCH', body: 'héllo' });
  assert.equal(response.statusCode, 201);
  assert.equal(response.statusMessage, 'Made');
  assert.equal(response.headers['x-answer'], 'yes');
  assert.deepEqual(response.headers['set-cookie'], ['a=1', 'b=2']);
  assert.match(String(response.headers['cf-ray']), /^[0-9a-f]{16}-SB$/);
  assert.equal(await textOf(response), `PATCH /a%20b?c=d&e ${HOST} héllo`);
  await until(() => edge.pool.inFlight === 0, 'nothing is in flight');
});

test('[E-2] hop-by-hop headers end at the edge in both directions, those that Connection names too', async () => {
  await using edge = await anEdge((request, response) => {
    response.setHeader('connection', 'close, x-secret');
    response.setHeader('x-secret', '1');
    response.setHeader('proxy-authenticate', 'Basic');
    response.setHeader('x-kept', '1');
    echoHeaders(request, response);
  });
  const { response, text } = await get(edge, '/', {
    connection: 'keep-alive, X-Hop, Host',
    'x-hop': '1',
    te: 'trailers',
    'proxy-authorization': 'Basic x',
    'keep-alive': 'timeout=5',
    upgrade: 'h2c',
    'http2-settings': 'AAMAAABkAAQAAP__',
    'x-kept': '1',
  });
  const { headers } = JSON.parse(text);
  for (const name of ['x-hop', 'te', 'proxy-authorization', 'keep-alive', 'upgrade', 'http2-settings'])
    assert.equal(headers[name], undefined, name);
  assert.equal(headers.host, HOST);
  assert.equal(headers['x-kept'], '1');
  assert.equal(response.headers['x-secret'], undefined);
  assert.equal(response.headers['proxy-authenticate'], undefined);
  assert.equal(response.headers['x-kept'], '1');
});

test('[E-3] what only the edge may say is stripped from requests and said by the edge', async () => {
  await using edge = await anEdge(echoHeaders);
  const { text, response } = await get(edge, '/', {
    'cf-connecting-ip': '6.6.6.6',
    'CF-IPCountry': 'XX',
    'Cf-Access-Authenticated-User-Email': 'root@example.com',
    'cf-worker': 'evil',
    'CF-EW-Via': '15',
    'x-forwarded-for': '6.6.6.6',
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'evil',
    forwarded: 'for=6.6.6.6',
    'x-real-ip': '6.6.6.6',
    'true-client-ip': '6.6.6.6',
    [CF_HEADER]: '{"country":"XX"}',
    'switchback-anything': '1',
  });
  const { headers } = JSON.parse(text);
  assert.equal(headers['cf-connecting-ip'], '127.0.0.1');
  assert.equal(headers['x-forwarded-for'], '127.0.0.1');
  assert.equal(headers['x-real-ip'], '127.0.0.1');
  assert.equal(headers['x-forwarded-proto'], 'http');
  assert.equal(headers['cf-visitor'], '{"scheme":"http"}');
  assert.equal(headers['cf-ray'], response.headers['cf-ray']);
  assert.deepEqual(JSON.parse(headers[CF_HEADER]), { colo: 'SB', httpProtocol: 'HTTP/1.1' });
  for (const name of [
    'cf-ipcountry',
    'cf-access-authenticated-user-email',
    'cf-worker',
    'cf-ew-via',
    'x-forwarded-host',
    'forwarded',
    'true-client-ip',
    'switchback-anything',
  ]) {
    assert.equal(headers[name], undefined, name);
  }
});

test('[E-4] forwarding headers are believed from a trusted proxy, as far as the proxies reach', async () => {
  await using edge = await anEdge(echoHeaders, { trustedProxies: ['127.0.0.0/8', '10.0.0.0/8'] });
  const { text } = await get(edge, '/', {
    'x-forwarded-for': '6.6.6.6, 198.51.100.7, 10.1.2.3',
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'front',
  });
  const { headers } = JSON.parse(text);
  assert.equal(headers['cf-connecting-ip'], '198.51.100.7');
  assert.equal(headers['x-forwarded-for'], '6.6.6.6, 198.51.100.7, 10.1.2.3, 127.0.0.1');
  assert.equal(headers['x-forwarded-proto'], 'https');
  assert.equal(headers['cf-visitor'], '{"scheme":"https"}');
  assert.equal(headers['x-forwarded-host'], 'front');
  const plain = JSON.parse((await get(edge, '/')).text);
  assert.equal(plain.headers['cf-connecting-ip'], '127.0.0.1');
  const junk = JSON.parse((await get(edge, '/', { 'x-forwarded-for': 'unknown' })).text);
  assert.equal(junk.headers['cf-connecting-ip'], '127.0.0.1');
});

test('[E-5] an answer streams: its first part arrives while the rest does not exist yet', async () => {
  let more: (() => void) | undefined;
  await using edge = await anEdge((_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('data: 1\n\n');
    more = () => response.end('data: 2\n\n');
  });
  const response = await ask(edge, '/');
  const [first] = await once(response, 'data');
  assert.equal(String(first), 'data: 1\n\n');
  more?.();
  const [second] = await once(response, 'data');
  assert.equal(String(second), 'data: 2\n\n');
});

test('[E-5] the head of an answer arrives while there is no body yet', async () => {
  let more: (() => void) | undefined;
  await using edge = await anEdge((_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
    more = () => response.end('data: 1\n\n');
  });
  const response = await ask(edge, '/');
  assert.equal(response.headers['content-type'], 'text/event-stream');
  more?.();
  assert.equal(await textOf(response), 'data: 1\n\n');
});

test('[E-6] a request streams: its first part arrives before the visitor has sent the rest', async () => {
  await using edge = await anEdge((request, response) => {
    request.once('data', (chunk) => response.write(`got ${chunk};`));
    request.once('end', () => response.end('end'));
  });
  const request = httpRequest({ port: edge.port, method: 'POST', headers: { host: HOST }, agent: false });
  request.write('one');
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const [first] = await once(response, 'data');
  assert.equal(String(first), 'got one;');
  request.end();
  assert.equal(await textOf(response), 'end');
});

test('[E-7] fifty megabytes go up and come down unchanged, with and without a known length', async () => {
  await using edge = await anEdge((request, response) => {
    if (request.headers['content-length'] !== undefined) response.setHeader('content-length', request.headers['content-length']);
    request.pipe(response);
  });
  const piece = randomBytes(1_000_000);
  const expected = createHash('sha256');
  for (let at = 0; at < 50; at += 1) expected.update(piece);
  const digest = expected.digest('hex');
  for (const headers of [{ 'content-length': '50000000' }, {}]) {
    const request = httpRequest({ port: edge.port, method: 'POST', headers: { host: HOST, ...headers }, agent: false });
    const answered = once(request, 'response') as Promise<[IncomingMessage]>;
    const pieces = Readable.from(Array.from({ length: 50 }, () => piece));
    pieces.pipe(request);
    const [response] = await answered;
    assert.equal(response.headers['content-length'], headers['content-length']);
    const received = createHash('sha256');
    for await (const chunk of response) received.update(chunk);
    assert.equal(received.digest('hex'), digest);
  }
});

test('[E-8] a slow reader slows the version down instead of filling memory', async () => {
  let written = 0;
  await using edge = await anEdge((_, response) => {
    const chunk = Buffer.alloc(256 * 1024);
    const write = (): void => {
      while (written < 200 * 1024 * 1024) {
        written += chunk.length;
        if (!response.write(chunk)) return void response.once('drain', write);
      }
    };
    write();
  });
  const response = await ask(edge, '/');
  response.pause();
  let before = -1;
  await until(async () => {
    if (before === written) return true;
    before = written;
    await wait(100);
    return false;
  }, 'nothing more is written');
  assert.ok(written < 32 * 1024 * 1024, `${written} bytes were taken from the version`);
  response.destroy();
});

test('[E-9] HEAD gets the head of the answer and no body', async () => {
  await using edge = await anEdge((_, response) => response.writeHead(200, { 'content-length': '12', etag: '"x"' }).end());
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  for (let at = 0; at < 2; at += 1) {
    const response = await ask(edge, '/', { method: 'HEAD', agent });
    assert.equal(response.headers['content-length'], '12');
    assert.equal(response.headers.etag, '"x"');
    assert.equal(await textOf(response), '');
  }
  agent.destroy();
});

test('[E-10] a visitor that leaves takes its request along, before and in the middle of the answer', async () => {
  let arrived = 0;
  let aborted = 0;
  await using edge = await anEdge((request, response) => {
    arrived += 1;
    response.once('close', () => (aborted += response.writableFinished ? 0 : 1));
    if (request.url === '/middle') response.write('begun');
  });
  for (const path of ['/before', '/middle']) {
    const request = httpRequest({ port: edge.port, path, headers: { host: HOST }, agent: false });
    request.on('error', () => undefined).end();
    const at = arrived;
    if (path === '/middle') await once(request, 'response');
    else await until(() => arrived > at, 'the request arrived');
    request.destroy();
  }
  await until(() => aborted === 2, 'both were aborted');
  await until(() => edge.pool.inFlight === 0, 'nothing is in flight');
});

test('[E-11] an answer that breaks off does not look finished', async () => {
  await using edge = await anEdge((_, response) => {
    response.write('begun');
    setImmediate(() => response.destroy());
  });
  const response = await ask(edge, '/');
  await assert.rejects(textOf(response), /aborted/);
  await until(() => edge.pool.inFlight === 0, 'nothing is in flight');
});

test('[E-12] a process that dies before it answers costs a 502 with the ray', async () => {
  await using edge = await anEdge((request) => request.socket.destroy());
  const { response, text } = await get(edge, '/');
  assert.equal(response.statusCode, 502);
  assert.ok(text.includes(String(response.headers['cf-ray'])));
});

test('[E-13] a request that found its process gone goes to the next one, body and all', async () => {
  await using edge = await anEdge((request, response) => void request.pipe(response));
  await get(edge, '/');
  const first = edge.pool.versions.get(V1);
  assert.ok(first);
  await first.die();
  const asked = ask(edge, '/', { method: 'POST', body: 'kept' });
  await until(() => first.entered === 2, 'the dead process was tried');
  first.beMissed();
  assert.equal(await textOf(await asked), 'kept');
  assert.equal(edge.pool.starts, 2);
});

test('[E-14] a request is held while its version starts', async () => {
  await using edge = await anEdge((_, response) => response.end('up'));
  const gate = Promise.withResolvers<void>();
  edge.pool.beforeStart = () => gate.promise;
  const both = get(edge, '/');
  await until(() => edge.pool.starts === 1, 'the version starts');
  gate.resolve();
  assert.equal((await both).text, 'up');
});

test('[E-15] a version that does not start in time, or at all, costs a 503 that says when to come back', async () => {
  await using edge = await anEdge((_, response) => response.end(), { limits: { startTimeoutMs: 50 } });
  edge.pool.beforeStart = () => new Promise<void>(() => undefined);
  const late = await get(edge, '/');
  assert.equal(late.response.statusCode, 503);
  assert.match(late.text, /does not start\. It is tried again shortly/);
  edge.pool.beforeStart = () => {
    throw Object.assign(new Error('TypeError: secret detail'), { retryAfterMs: 2500 });
  };
  const failed = await get(edge, '/');
  assert.equal(failed.response.statusCode, 503);
  assert.equal(failed.response.headers['retry-after'], '3');
  assert.match(failed.text, /keeps failing, so it gets no requests for now\. It is tried again shortly/);
  assert.doesNotMatch(failed.text, /start/);
  assert.equal(failed.text.includes('secret detail'), false);
  assert.ok(edge.log.lines.some(({ facts }) => JSON.stringify(facts).includes('secret detail')));
});

test('[E-16] a Worker that does not begin its answer in time costs a 524', async () => {
  await using edge = await anEdge(() => undefined, { limits: { responseTimeoutMs: 100 } });
  assert.equal((await get(edge, '/')).response.statusCode, 524);
});

test('[E-17] a body over the limit is refused: announced, while it streams, and before a 100 is sent', async () => {
  let bytes = 0;
  await using edge = await anEdge(
    (request, response) => {
      request.on('data', (chunk: Buffer) => (bytes += chunk.length)).on('error', () => undefined);
      request.on('end', () => response.end('taken'));
    },
    { limits: { maxBodyBytes: 100_000 } },
  );
  assert.equal((await ask(edge, '/', { method: 'POST', body: Buffer.alloc(100_001) })).statusCode, 413);
  assert.equal((await ask(edge, '/', { method: 'POST', body: Buffer.alloc(100_000) })).statusCode, 200);
  bytes = 0;
  const request = httpRequest({ port: edge.port, method: 'POST', headers: { host: HOST }, agent: false });
  const answered = once(request, 'response') as Promise<[IncomingMessage]>;
  request.write(Buffer.alloc(90_000));
  request.write(Buffer.alloc(90_000));
  assert.equal((await answered)[0].statusCode, 413);
  request.on('error', () => undefined).destroy();
  assert.ok(bytes <= 100_000);
  const careful = httpRequest({
    port: edge.port,
    method: 'POST',
    headers: { host: HOST, expect: '100-continue', 'content-length': '200000' },
    agent: false,
  });
  let continued = false;
  careful.on('continue', () => (continued = true));
  careful.flushHeaders();
  const [refused] = (await once(careful, 'response')) as [IncomingMessage];
  assert.equal(refused.statusCode, 413);
  assert.equal(continued, false);
  careful.on('error', () => undefined).destroy();
});

test('[E-18] a visitor that waits for 100 Continue gets it once the version’s side reads', async () => {
  await using edge = await anEdge((request, response) => void request.pipe(response));
  const request = httpRequest({
    port: edge.port,
    method: 'POST',
    headers: { host: HOST, expect: '100-continue', 'content-length': '4' },
    agent: false,
  });
  request.flushHeaders();
  await once(request, 'continue');
  request.end('body');
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  assert.equal(await textOf(response), 'body');
});

test('[E-19] connections are kept alive on both sides', async () => {
  const sockets = new Set<unknown>();
  await using edge = await anEdge((request, response) => {
    sockets.add(request.socket);
    response.end('x');
  });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ports = new Set<number | undefined>();
  for (let at = 0; at < 5; at += 1) {
    const response = await ask(edge, '/', { agent });
    ports.add(response.socket.localPort);
    await textOf(response);
  }
  assert.equal(ports.size, 1);
  assert.equal(sockets.size, 1);
  agent.destroy();
});

test('[E-20] a page does not cost a visitor its connection', async () => {
  await using edge = await anEdge((_, response) => response.end());
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const first = await ask(edge, '/', { agent, headers: { host: 'nobody.test' } });
  assert.equal(first.statusCode, 404);
  const port = first.socket.localPort;
  await textOf(first);
  const second = await ask(edge, '/', { agent });
  assert.equal(second.socket.localPort, port);
  await textOf(second);
  agent.destroy();
});

const answers = {
  [V1]: (_: IncomingMessage, response: import('node:http').ServerResponse) => void response.end('one'),
  [V2]: (_: IncomingMessage, response: import('node:http').ServerResponse) => void response.end('two'),
};

test('[E-21] a split of 50/50 is one on real sockets', async () => {
  await using edge = await anEdge(answers, { table: aTable([aWorker('hello', { deployment: splitOf(50_000) })]) });
  const counts: Record<string, number> = { one: 0, two: 0 };
  for (let at = 0; at < 1000; at += 1) {
    const { text } = await get(edge, '/');
    counts[text] = (counts[text] ?? 0) + 1;
  }
  assert.equal((counts['one'] ?? 0) + (counts['two'] ?? 0), 1000);
  // Five standard deviations.
  assert.ok(Math.abs((counts['one'] ?? 0) - 500) < 80, JSON.stringify(counts));
});

test('[E-22] override, key and debug headers are obeyed and explained, and nobody else is told', async () => {
  const previews = [V1, V2];
  await using edge = await anEdge(answers, {
    table: aTable([aWorker('hello', { deployment: splitOf(100_000), previewVersions: previews })]),
  });
  const told = async (headers: Record<string, string>, host = HOST): Promise<[string, unknown]> => {
    const { text, response } = await get(edge, '/', { host, ...headers });
    return [text, response.headers['switchback-version']];
  };
  assert.deepEqual(await told({}), ['one', undefined]);
  assert.deepEqual(await told({ 'Switchback-Debug': '1' }), ['one', `"${V1}";reason=only;deployment="d1"`]);
  assert.deepEqual(await told({ 'Cloudflare-Workers-Version-Overrides': `hello="${V2}"` }), [
    'two',
    `"${V2}";reason=override;deployment="d1"`,
  ]);
  assert.deepEqual(await told({ 'Cloudflare-Workers-Version-Overrides': 'hello="other"' }), [
    'one',
    `"${V1}";reason=only;deployment="d1";override=not_in_deployment`,
  ]);
  assert.deepEqual(await told({ 'Cloudflare-Workers-Version-Overrides': 'hello="' }), [
    'one',
    `"${V1}";reason=only;deployment="d1";override=malformed`,
  ]);
  assert.deepEqual(await told({ 'Cloudflare-Workers-Version-Key': 'ada' }), ['one', `"${V1}";reason=only;deployment="d1"`]);
  assert.deepEqual(await told({ 'Switchback-Debug': '1' }, '22222222-hello.team.localhost'), ['two', `"${V2}";reason=version_url`]);
  edge.state.replace(aTable([aWorker('hello', { deployment: splitOf(50_000) })], {}, 2));
  const [first, why] = await told({ 'Cloudflare-Workers-Version-Key': 'ada' });
  assert.match(String(why), /reason=key/);
  for (let at = 0; at < 20; at += 1) assert.equal((await told({ 'Cloudflare-Workers-Version-Key': 'ada' }))[0], first);
});

test('[E-23] a swap under load loses nothing, and requests in flight finish on the version they began on', async () => {
  const finish = Promise.withResolvers<void>();
  await using edge = await anEdge({
    ...answers,
    [V1]: (request, response) => {
      if (request.url !== '/slow') return void response.end('one');
      response.write('slow ');
      void finish.promise.then(() => response.end('one'));
    },
  });
  const slow = await ask(edge, '/slow');
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const swapping = new AbortController();
  const counts: Record<string, number> = {};
  const load = Array.from({ length: 8 }, async () => {
    while (!swapping.signal.aborted) {
      const response = await ask(edge, '/', { agent });
      const text = await textOf(response);
      counts[`${response.statusCode} ${text}`] = (counts[`${response.statusCode} ${text}`] ?? 0) + 1;
    }
  });
  for (let generation = 2; generation < 50; generation += 1) {
    edge.state.replace(aTable([aWorker('hello', { deployment: splitOf(generation % 2 === 0 ? 0 : 100_000) })], {}, generation));
    await wait(5);
  }
  swapping.abort();
  await Promise.all(load);
  assert.deepEqual(Object.keys(counts).toSorted(), ['200 one', '200 two']);
  finish.resolve();
  assert.equal(await textOf(slow), 'slow one');
  agent.destroy();
});

test('[E-24] workerd’s own answer for an exception becomes our page, a Worker’s own 500 stays as it is', async () => {
  await using edge = await anEdge((request, response) => {
    const isOwn = request.url === '/own';
    request.socket.end(
      `HTTP/1.1 500 Internal Server Error\r\n${isOwn ? '' : 'Connection: close\r\n'}Content-Length: 21\r\n\r\nInternal Server Error`,
    );
    void response;
  });
  const threw = await get(edge, '/', { accept: 'application/json' });
  assert.equal(threw.response.statusCode, 500);
  assert.equal(JSON.parse(threw.text).error.code, 'worker_threw');
  assert.equal((await get(edge, '/own')).text, 'Internal Server Error');
});

test('[E-25] a target in absolute form overrules the Host header, and two hosts are refused', async () => {
  await using edge = await anEdge(echoHeaders);
  const raw = async (head: string): Promise<string> => {
    const socket = connect(edge.port, '127.0.0.1');
    socket.write(`${head}\r\n\r\n`);
    let text = '';
    for await (const chunk of socket) text += chunk;
    return text;
  };
  const absolute = await raw(`GET http://${HOST}/x?y HTTP/1.1\r\nHost: nobody.test\r\nConnection: close`);
  assert.match(absolute, /^HTTP\/1.1 200/);
  assert.match(absolute, /"url":"\/x\?y"/);
  assert.ok(absolute.includes(`"host":"${HOST}"`));
  assert.match(await raw(`GET / HTTP/1.1\r\nHost: ${HOST}\r\nHost: nobody.test\r\nConnection: close`), /^HTTP\/1.1 400/);
  assert.match(await raw('OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close'), /^HTTP\/1.1 400/);
  assert.match(await raw('GET / HTTP/1.1\r\nConnection: close'), /^HTTP\/1.1 400/);
  assert.match(
    await raw(`POST / HTTP/1.1\r\nHost: ${HOST}\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\nConnection: close`),
    /^HTTP\/1.1 400/,
  );
  assert.match(await raw(`GET / HTTP/1.1\r\nHost: ${HOST}\r\nX: ${'x'.repeat(40_000)}`), /^HTTP\/1.1 431/);
});

test('[E-26] an edge that drains finishes what it began and tells visitors to go elsewhere', async () => {
  const finish = Promise.withResolvers<void>();
  await using edge = await anEdge((_, response) => void finish.promise.then(() => response.end('done')), {
    limits: { drainTimeoutMs: 5_000 },
  });
  const asked = ask(edge, '/');
  await until(() => edge.pool.inFlight === 1, 'the request is in flight');
  const drained = edge.front.drain();
  finish.resolve();
  const response = await asked;
  assert.equal(response.headers.connection, 'close');
  assert.equal(await textOf(response), 'done');
  await drained;
  await assert.rejects(ask(edge, '/'), /ECONNREFUSED/);
});

test('[E-27] without a table every visitor is told that the edge is starting', async () => {
  await using edge = await anEdge((_, response) => response.end(), { index: () => undefined });
  assert.equal((await get(edge, '/')).response.statusCode, 503);
});
