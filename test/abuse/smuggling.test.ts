/** Requests that hide another request, byte for byte over a socket, before a real edge and a real Worker that remembers. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { each, sendRaw } from './raw.ts';
import { aSeer, type SeenBy } from './seen.ts';

interface Smuggler {
  /** What this tries, as the end of a sentence. */
  readonly by: string;
  readonly head: string;
  readonly body?: string;
}

const at = (host: string) => ({
  host,
  hidden: `GET /smuggled HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
});

const CHUNKED = 'Transfer-Encoding: chunked';
const HELLO = '5\r\nhello\r\n0\r\n\r\n';

const get = (by: string, line: string, ...fields: readonly string[]): Smuggler => ({ by, head: [line, ...fields].join('\r\n') });

/** Each is refused: nothing of it reaches the Worker, and the connection ends. */
const refusedOnes = (host: string): readonly Smuggler[] => {
  const { hidden } = at(host);
  const post = (by: string, fields: readonly string[], body = `0\r\n\r\n${hidden}`): Smuggler => ({
    by,
    head: ['POST /a HTTP/1.1', `Host: ${host}`, ...fields].join('\r\n'),
    body,
  });
  const hosted = (by: string, given: string): Smuggler => get(`a host ${by}`, 'GET /a HTTP/1.1', `Host: ${given}`);
  return [
    post('a length and chunks', ['Content-Length: 4', CHUNKED]),
    post('chunks and a length', [CHUNKED, 'Content-Length: 4']),
    post('two lengths that differ', ['Content-Length: 0', `Content-Length: ${hidden.length}`], hidden),
    post('two equal lengths', ['Content-Length: 5', 'Content-Length: 5'], 'hello'),
    post('a list of lengths', ['Content-Length: 5, 5'], 'hello'),
    ...['+5', '-5', '0x5', '5a', '5.0', '5 5', '', '99999999999999999999999'].map((length) =>
      post(`the length "${length}"`, [`Content-Length: ${length}`], 'hello'),
    ),
    ...['xchunked', 'chunked, identity', 'identity', 'gzip', 'gzip, chunked', '"chunked"', 'chunked;q=1', '\x0bchunked', 'chunk\x00ed'].map(
      (coding) => post(`the coding ${JSON.stringify(coding)}`, [`Transfer-Encoding: ${coding}`], HELLO),
    ),
    post('chunks twice', [CHUNKED, CHUNKED], HELLO),
    post('chunks over two lines', ['Transfer-Encoding:', ' chunked'], HELLO),
    post('a space before the colon', ['Transfer-Encoding : chunked'], HELLO),
    post('a space before the name', [' Transfer-Encoding: chunked'], HELLO),
    post('a name that bends lines', ['X: y\nTransfer-Encoding: chunked'], HELLO),
    post('a bare CR in a value', ['X: y\rTransfer-Encoding: chunked'], HELLO),
    post('a NUL in a value', ['X: y\x00z'], ''),
    post('a NUL in a name', ['X\x00: y'], ''),
    post('a folded line', ['X: y', ' z'], ''),
    post('a line without a colon', ['X'], ''),
    post('a name that is no token', ['X[y]: z'], ''),
    get('bare LF', `GET /a HTTP/1.1\nHost: ${host}\n`),
    get('chunks in HTTP/1.0', 'POST /a HTTP/1.0', `Host: ${host}`, CHUNKED),
    get('HTTP/0.9', 'GET /a'),
    get('a version that is none', 'GET /a HTTP/1.10', `Host: ${host}`),
    get('a space in the target', 'GET /a b HTTP/1.1', `Host: ${host}`),
    get('a tab in the target', 'GET /a\tb HTTP/1.1', `Host: ${host}`),
    get('a NUL in the target', 'GET /a\x00b HTTP/1.1', `Host: ${host}`),
    get('bytes above ASCII in the target', 'GET /\xff HTTP/1.1', `Host: ${host}`),
    get('no Host', 'GET /a HTTP/1.1'),
    get('two hosts', 'GET /a HTTP/1.1', `Host: ${host}`, 'Host: nobody.test'),
    get('two equal hosts', 'GET /a HTTP/1.1', `Host: ${host}`, `Host: ${host}`),
    get('an absolute target with a user', `GET http://user@${host}/a HTTP/1.1`, `Host: ${host}`),
    get('an absolute target with two hosts', `GET http://${host}:80@nobody.test/a HTTP/1.1`, `Host: ${host}`),
    get('an absolute target without a host', 'GET http:///a HTTP/1.1', `Host: ${host}`),
    get('an absolute target with a port beyond all', `GET http://${host}:70000/a HTTP/1.1`, `Host: ${host}`),
    get('a target of another kind', `GET ftp://${host}/a HTTP/1.1`, `Host: ${host}`),
    get('a tunnel', `CONNECT ${host}:80 HTTP/1.1`, `Host: ${host}`),
    hosted('and a user', `${host}:80@nobody.test`),
    hosted('that is a user', `nobody.test@${host}`),
    hosted('and a path', `${host}:/nobody`),
    hosted('behind a path', `nobody.test/.${host}`),
    hosted('and a query', `${host}:?`),
    hosted('with a space', `${host}: 80`),
    hosted('with a port that is none', `${host}:abc`),
    hosted('with a backslash', `nobody.test\\.${host}`),
    hosted('and another', `${host}, nobody.test`),
  ];
};

/** Chunks that are none. What came before them was a request, which may have reached the Worker; it never ends well. */
const brokenChunks = (host: string): readonly Smuggler[] => {
  const { hidden } = at(host);
  const chunked = (by: string, body: string): Smuggler => ({ by, head: `POST /a HTTP/1.1\r\nHost: ${host}\r\n${CHUNKED}`, body });
  return [
    ...['-1', '0x5', '5 ', ' 5', 'g', '', '5\x00', '+5', '1_0', 'fffffffffffffffff'].map((size) =>
      chunked(`the size ${JSON.stringify(size)}`, `${size}\r\nhello\r\n0\r\n\r\n${hidden}`),
    ),
    chunked('chunks that end in LF', `5\nhello\n0\n\n${hidden}`),
    chunked('an extension with LF', `5;x\nhello\r\n0\r\n\r\n${hidden}`),
    chunked('an extension with CR', `5;x\ry\r\nhello\r\n0\r\n\r\n${hidden}`),
    chunked('an extension of 20 KB', `5;${'x'.repeat(20_000)}\r\nhello\r\n0\r\n\r\n${hidden}`),
    chunked('a chunk longer than its size', `3\r\nhello\r\n0\r\n\r\n${hidden}`),
    chunked('no line end behind a chunk', `5\r\nhello0\r\n\r\n${hidden}`),
    chunked('a length as a trailer', `5\r\nhello\r\n0\r\nContent-Length: 3\r\n\r\n${hidden}`),
    chunked('a trailer that is none', `0\r\nGET /smuggled HTTP/1.1\r\nHost: ${host}\r\n\r\n`),
  ];
};

/** Those that are one request to every reader: what looks like another is the body, and arrives as the body. */
const unambiguousOnes = (host: string): readonly Smuggler[] => {
  const { hidden } = at(host);
  const length = `Content-Length: ${hidden.length}`;
  const chunk = `${hidden.length.toString(16)}\r\n${hidden}\r\n0\r\n\r\n`;
  const post = (by: string, fields: readonly string[], body: string): Smuggler => ({
    by,
    head: ['POST /a HTTP/1.1', `Host: ${host}`, ...fields].join('\r\n'),
    body,
  });
  return [
    post('a body that is a request', [length], hidden),
    post('a chunk that is a request', [CHUNKED], chunk),
    post('chunks spelled otherwise', ['tRANSFER-eNCODING:\tCHUNKED '], chunk),
    post('chunks with extensions', [CHUNKED], `${hidden.length.toString(16)};a=b;c="d"\r\n${hidden}\r\n0;e\r\n\r\n`),
    post('a size with zeros in front', [CHUNKED], `000${chunk}`),
    post('a Connection that names the framing', [`Connection: content-length, transfer-encoding, host`, length], hidden),
    post('a body on a handshake', ['Connection: Upgrade', 'Upgrade: websocket', length], hidden),
    post('chunks on a handshake', ['Connection: Upgrade', 'Upgrade: websocket', CHUNKED], chunk),
    post('another protocol', ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABk', length], hidden),
    { by: 'a GET with a body', head: `GET /a HTTP/1.1\r\nHost: ${host}\r\n${length}`, body: hidden },
    { by: 'a Worker that answers before it reads', head: `POST /early HTTP/1.1\r\nHost: ${host}\r\n${length}`, body: hidden },
    { by: 'an absolute target', head: `POST http://${host}/a HTTP/1.1\r\nHost: nobody.test\r\n${length}`, body: hidden },
  ];
};

const bytesOf = ({ head, body = '' }: Smuggler): string => `${head}\r\n\r\n${body}`;

const pathsOf = async (seer: SeenBy): Promise<readonly string[]> => (await seer.seen()).map(({ url }) => new URL(url).pathname);

test('a request that hides another', async (t) => {
  const seer = await aSeer(t);

  await t.test('[B-1] a request that two readers could read as two is refused, and its connection ends', async () => {
    await each(refusedOnes(seer.host), 8, async (smuggler) => {
      const { statuses, isEnded, text } = await sendRaw(seer.port, bytesOf(smuggler), 5_000);
      assert.ok(isEnded, `by ${smuggler.by}: the connection goes on after ${text}`);
      assert.ok(
        statuses.every((status) => status >= 400 && status !== 500),
        `by ${smuggler.by}: ${text}`,
      );
    });
    assert.deepEqual(await pathsOf(seer), []);
  });

  await t.test('[B-1] chunks that are none end the connection, and what follows them is no request', async () => {
    for (const smuggler of brokenChunks(seer.host)) {
      const { isEnded, statuses } = await sendRaw(seer.port, bytesOf(smuggler), 5_000);
      assert.ok(isEnded && !statuses.includes(200), `by ${smuggler.by}: ${statuses.join(', ')}`);
      assert.ok(!(await pathsOf(seer)).includes('/smuggled'), `by ${smuggler.by}`);
    }
  });

  await t.test('[B-1] what looks like a request within a body arrives as the body', async () => {
    const { hidden } = at(seer.host);
    for (const smuggler of unambiguousOnes(seer.host)) {
      await sendRaw(seer.port, bytesOf(smuggler));
      const seen = await seer.seen();
      assert.deepEqual([seen.length, seen[0]?.host], [1, seer.host], `by ${smuggler.by}: ${JSON.stringify(seen)}`);
      if (!smuggler.by.includes('before it reads')) assert.equal(seen[0]?.body, hidden, `by ${smuggler.by}`);
    }
  });

  await t.test('[B-2] a switch to WebSocket in the middle of an earlier answer is none, and the edge lives', async () => {
    const edge = seer.server.half('edge');
    const first = `GET /first HTTP/1.1\r\nHost: ${seer.host}\r\n\r\n`;
    const upgrade = `GET /second HTTP/1.1\r\nHost: ${seer.host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`;
    await sendRaw(seer.port, first + upgrade);
    assert.deepEqual(await pathsOf(seer), ['/first', '/second']);
    assert.equal(seer.server.half('edge'), edge);
  });
});
