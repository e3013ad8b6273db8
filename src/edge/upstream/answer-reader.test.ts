import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { AnswerReader } from './answer-reader.ts';
import { UpstreamFailure } from './failure.ts';

interface Read {
  status?: number;
  words?: string;
  headers?: readonly string[];
  isKept?: boolean;
  body: string;
  ends: number;
}

const reading = (isHead = false): { reader: AnswerReader; read: Read } => {
  const read: Read = { body: '', ends: 0 };
  const reader = new AnswerReader(
    {
      onHead: ({ status, words, headers, isKept }) => Object.assign(read, { status, words, headers, isKept }),
      onPiece: (piece) => (read.body += piece.toString('latin1')),
      onEnd: (last) => {
        read.body += last?.toString('latin1') ?? '';
        read.ends += 1;
      },
    },
    isHead,
  );
  return { reader, read };
};

const readWhole = (text: string, isHead = false): Read => {
  const { reader, read } = reading(isHead);
  reader.read(Buffer.from(text, 'latin1'));
  return read;
};

const byteText = (from: number, to: number) =>
  fc.array(fc.integer({ min: from, max: to }), { maxLength: 40 }).map((codes) => String.fromCharCode(...codes));
const headers = fc.array(
  fc.tuple(
    fc.stringMatching(/^x-[A-Za-z0-9!#$%&'*+.^_`|~-]{1,12}$/),
    byteText(0x21, 0xff).map((value) => value.replaceAll('\x7f', '')),
  ),
  { maxLength: 5 },
);
const pieces = fc.array(byteText(0, 255), { maxLength: 6 });

const chunked = (body: readonly string[], extension: string, trailer: string): string =>
  `${body
    .filter(Boolean)
    .map((piece) => `${piece.length.toString(16)}${extension}\r\n${piece}\r\n`)
    .join('')}0\r\n${trailer}\r\n`;

test('an answer is read the same however its bytes are cut, with a length or in chunks', () => {
  const cases = fc.record({
    headers,
    pieces,
    isChunked: fc.boolean(),
    extension: fc.constantFrom('', ';a', ';a="b"'),
    trailer: fc.constantFrom('', 'x-late: 1\r\n', 'x-late: 1\r\nx-later: 2\r\n'),
    interim: fc.constantFrom('', 'HTTP/1.1 100 Continue\r\n\r\n', 'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n'),
    cuts: fc.array(fc.nat(600), { maxLength: 8 }),
  });
  fc.assert(
    fc.property(cases, ({ headers: extra, pieces: body, isChunked, extension, trailer, interim, cuts }) => {
      const whole = body.join('');
      const length = isChunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${whole.length}`;
      const lines = extra.map(([name, value]) => `${name}: ${value}\r\n`).join('');
      const head = `${interim}HTTP/1.1 200 OK\r\n${length}\r\n${lines}\r\n`;
      const bytes = Buffer.from(`${head}${isChunked ? chunked(body, extension, trailer) : whole}`, 'latin1');
      const { reader, read } = reading();
      const places = [0, ...cuts.filter((at) => at < bytes.length).toSorted((a, b) => a - b), bytes.length];
      for (const [index, place] of places.entries()) {
        const part = bytes.subarray(places[index - 1] ?? 0, place);
        if (part.length > 0) reader.read(part);
      }
      assert.equal(read.status, 200);
      assert.equal(read.words, 'OK');
      assert.deepEqual(read.headers?.slice(2), extra.flat());
      assert.equal(read.body, whole);
      assert.equal(read.ends, 1);
      assert.equal(read.isKept, true);
    }),
    { numRuns: 500 },
  );
});

test('the answer to a HEAD, a 204 and a 304 end with their heads', () => {
  assert.deepEqual(
    { ...readWhole('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n', true), headers: [] },
    { status: 200, words: 'OK', headers: [], isKept: true, body: '', ends: 1 },
  );
  for (const status of ['204 No Content', '304 Not Modified']) assert.equal(readWhole(`HTTP/1.1 ${status}\r\n\r\n`).ends, 1);
});

test('a connection that the runtime means to close is not kept', () => {
  assert.equal(readWhole('HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 0\r\n\r\n').isKept, false);
  assert.equal(readWhole('HTTP/1.1 200 OK\r\nConnection: x-close\r\nContent-Length: 0\r\n\r\n').isKept, true);
});

const OK = 'HTTP/1.1 200 OK\r\n';

const NOT_HTTP: Readonly<Record<string, string>> = {
  'another protocol': 'SSH-2.0-OpenSSH\r\n\r\n',
  'another version': 'HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n',
  'a status of two digits': 'HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n',
  'a switch nobody asked for': 'HTTP/1.1 101 Switching Protocols\r\n\r\n',
  'no length': `${OK}X: y\r\n\r\nhello`,
  'two lengths': `${OK}Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc`,
  'a length and chunks': `${OK}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc`,
  'a length in hexadecimal': `${OK}Content-Length: 0x3\r\n\r\nabc`,
  'a negative length': `${OK}Content-Length: -3\r\n\r\nabc`,
  'a coding within the chunks': `${OK}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`,
  'a folded line': `${OK}X: y\r\n z\r\nContent-Length: 0\r\n\r\n`,
  'a blank before the colon': `${OK}Content-Length : 3\r\n\r\nabc`,
  'a line without a colon': `${OK}nothing\r\nContent-Length: 0\r\n\r\n`,
  'a bare line feed in a name': `${OK}X\n: y\r\nContent-Length: 0\r\n\r\n`,
  'a bare line feed in a value': `${OK}X: y\nContent-Length: 3\r\nContent-Length: 0\r\n\r\n`,
  'bytes after its end': `${OK}Content-Length: 3\r\n\r\nabcd`,
  'a chunk without a size': `${OK}Transfer-Encoding: chunked\r\n\r\n\r\nabc`,
  'a chunk longer than it says': `${OK}Transfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n0\r\n\r\n`,
  'a chunk of absurd size': `${OK}Transfer-Encoding: chunked\r\n\r\nffffffffffffff\r\n`,
  'a size ended by a bare line feed': `${OK}Transfer-Encoding: chunked\r\n\r\n3\nabc\r\n0\r\n\r\n`,
  'a carriage return alone': `${OK}Transfer-Encoding: chunked\r\n\r\n3\rabc\r\n0\r\n\r\n`,
  'a head without end': `${OK}X: ${'y'.repeat(200_000)}`,
};

for (const [what, text] of Object.entries(NOT_HTTP)) {
  test(`an answer with ${what} is malformed`, () => {
    assert.throws(
      () => readWhole(text),
      (error) => error instanceof UpstreamFailure && error.reason === 'malformed',
    );
  });
}

test('any bytes whatever are read or malformed, never anything else', () => {
  const start = fc.constantFrom('', OK, `${OK}Transfer-Encoding: chunked\r\n\r\n`, `${OK}Content-Length: 4\r\n\r\n`);
  const noise = fc.array(fc.constantFrom('\r', '\n', '\r\n', '0', 'a', ':', ';', ' ', '\0', 'Content-Length: 1', '\xff'), {
    maxLength: 30,
  });
  fc.assert(
    fc.property(start, noise, (begin, rest) => {
      try {
        readWhole(begin + rest.join(''));
      } catch (error) {
        assert.ok(error instanceof UpstreamFailure, String(error));
      }
    }),
    { numRuns: 2000 },
  );
});
