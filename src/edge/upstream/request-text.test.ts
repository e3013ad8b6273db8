import assert from 'node:assert/strict';
import test from 'node:test';
import { UpstreamFailure } from './failure.ts';
import { requestText, type UpstreamRequest } from './request-text.ts';

const aRequest = (of: Partial<UpstreamRequest>): UpstreamRequest => ({
  method: 'GET',
  path: '/a?b',
  headers: ['host', 'a.test', 'x-latin', 'caf\xe9'],
  body: null,
  isChunked: false,
  ...of,
});

test('a request is written as it came, and says when its body comes in chunks', () => {
  assert.equal(requestText(aRequest({})), 'GET /a?b HTTP/1.1\r\nhost: a.test\r\nx-latin: caf\xe9\r\n\r\n');
  assert.equal(
    requestText(aRequest({ method: 'POST', headers: [], isChunked: true })),
    'POST /a?b HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n',
  );
});

const UNSENDABLE: Readonly<Record<string, Partial<UpstreamRequest>>> = {
  'a blank in its method': { method: 'GET /evil' },
  'no method': { method: '' },
  'a line end in its path': { path: '/\r\nx: y' },
  'a blank in its path': { path: '/ HTTP/1.1' },
  'a line end in a value': { headers: ['a', 'b\r\nc: d'] },
  'a character that is a line end once it is a byte': { headers: ['a', 'b\u010a'] },
  'a path with such a character': { path: '/\u010d\u010a' },
  'a null byte in a value': { headers: ['a', '\0'] },
  'a line end in a name': { headers: ['a\n', 'b'] },
};

for (const [what, request] of Object.entries(UNSENDABLE)) {
  test(`a request with ${what} is not sent`, () => {
    assert.throws(
      () => requestText(aRequest(request)),
      (error) => error instanceof UpstreamFailure && error.reason === 'unsendable',
    );
  });
}
