/** Whatever a visitor may write into a request: on the functions that read it, and raw on a real edge. */
import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { compileHosts, matchRequest, overrideFor, parseRoutePattern, plainHost } from '../../src/domain/index.ts';
import { anEdge, aTable, aWorker, V1 } from '../../src/edge/testing.ts';
import { send } from '../support/send.ts';
import { each, sendRaw } from './raw.ts';

const RUNS = { numRuns: 2_000 };
const HOST = 'hello.team.localhost';

/** Pieces of a grammar in any order come further into a reader than plain noise. */
const madeOf = (...pieces: readonly string[]): fc.Arbitrary<string> =>
  fc
    .array(
      fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...pieces) }, { weight: 1, arbitrary: fc.string({ maxLength: 4, unit: 'binary' }) }),
      {
        maxLength: 40,
      },
    )
    .map((parts) => parts.join(''));

const overrides = madeOf(
  'hello',
  '=',
  '"',
  `"${V1}"`,
  ',',
  ';',
  ' ',
  '\t',
  '?1',
  ':YQ==:',
  '(',
  ')',
  '1.5',
  '\\',
  '*',
  '@1',
  '%"',
  'HELLO',
  '\x7f',
  'é',
);
const hosts = madeOf(
  'hello',
  '.',
  'team',
  HOST,
  'localhost',
  ':',
  '80',
  '[',
  ']',
  '::1',
  '@',
  '-',
  '_',
  '/',
  '\\',
  '%2e',
  'xn--',
  'É',
  '*',
  ' ',
  ',',
  '__proto__',
);
const paths = madeOf('/', '//', '..', '.', '%2f', '%00', '%', '?', '#', '&', '=', ';', '*', 'api', '\\', '@', ':', 'é', '+');
const patterns = madeOf('*', '*.', 'example.com', '.', '/', '/*', 'http://', 'https://', ':80', '?', '#', '@', 'a', '-', 'É', '[::1]');

const TABLE = aTable([aWorker('hello', { aliases: { next: V1, constructor: V1 } })], {
  routes: [
    { pattern: '*.example.com/*', script: 'hello' },
    { pattern: '*/api/*', script: null },
  ],
});

test('[B-5] an override header of any shape names a version or says why not', () => {
  fc.assert(
    fc.property(overrides, (header) => {
      const result = overrideFor('hello', header);
      if (result.ok) assert.ok(header.includes('hello') && typeof result.value === 'string');
      else assert.ok(['malformed', 'not_a_string', 'other_worker'].includes(result.refusal));
    }),
    RUNS,
  );
  for (const name of ['__proto__', 'constructor', 'toString']) assert.equal(overrideFor(name, `hello="${V1}"`).ok, false);
});

test('[B-5] a host and a path of any shape find a Worker of the table, or none', () => {
  const index = compileHosts(TABLE.hosts, TABLE.workers);
  fc.assert(
    fc.property(hosts, paths, (host, path) => {
      const match = matchRequest(index, host, path, 'http');
      if (match.none === undefined) assert.equal(match.script, 'hello');
      if (match.none === undefined && match.versionId !== undefined) assert.equal(match.versionId, V1);
      assert.deepEqual(matchRequest(index, host.toUpperCase(), path), matchRequest(index, host.toUpperCase().toLowerCase(), path));
      assert.ok(plainHost(host).length <= host.length + 8); // Lower case of a few letters is longer.
    }),
    RUNS,
  );
});

test('[B-5] a route pattern of any shape is refused with a reason, or matches what it says', () => {
  fc.assert(
    fc.property(patterns, hosts, paths, (pattern, host, path) => {
      const parsed = parseRoutePattern(pattern);
      if (!parsed.ok) return assert.ok(parsed.refusal.reason.length > 0);
      const table = aTable([aWorker('hello')], { routes: [{ pattern, script: 'hello' }] });
      const match = matchRequest(compileHosts(table.hosts, table.workers), host, path);
      if (match.none !== undefined || match.via !== 'route') return;
      assert.ok(path.startsWith(parsed.value.path));
      assert.ok(plainHost(host).endsWith(parsed.value.host));
    }),
    RUNS,
  );
});

/** No line ends: they would begin another header, which is what smuggling.test.ts tries. */
const oneLine = (text: string): string => text.replaceAll(/[\r\n]/g, '');

test('[B-5] thousands of raw requests of any shape are answered by the Worker or refused, and the edge serves on', async () => {
  const seen: { readonly host: string | undefined; readonly url: string | undefined }[] = [];
  await using edge = await anEdge(
    (request, response) => {
      seen.push({ host: request.headers.host, url: request.url });
      response.end('ok');
    },
    { table: TABLE },
  );
  const requests = fc.sample(
    fc.oneof(
      fc.record({ path: fc.constant('/'), host: fc.constant(HOST), header: overrides }),
      fc.record({ path: paths.map((path) => `/${path}`), host: fc.constant(HOST), header: fc.constant('') }),
      fc.record({
        path: fc.oneof(
          paths,
          hosts.map((host) => `http://${host}/`),
        ),
        host: hosts,
        header: fc.constant(''),
      }),
    ),
    { numRuns: 3_000, seed: 20_261_121 },
  );
  const counts: Record<string, number> = {};
  await each(requests, 16, async ({ path, host, header }) => {
    const lines = [`GET ${oneLine(path)} HTTP/1.1`, `Host: ${oneLine(host)}`, `Cloudflare-Workers-Version-Overrides: ${oneLine(header)}`];
    const { statuses, text } = await sendRaw(edge.port, `${lines.join('\r\n')}\r\nConnection: close\r\n\r\n`, 5_000);
    assert.ok(statuses.length === 1 && [200, 400, 404].includes(statuses[0] ?? 0), `${JSON.stringify(lines)}: ${text}`);
    counts[statuses[0] ?? 0] = (counts[statuses[0] ?? 0] ?? 0) + 1;
  });
  assert.ok(Object.keys(counts).length === 3, JSON.stringify(counts));
  for (const { host, url } of seen) {
    assert.equal(new URL(`http://${host}${url}`).hostname, plainHost(host ?? ''), `the Worker sees ${host}`);
  }
  assert.equal((await send({ url: edge.url, method: 'GET', headers: { host: HOST }, body: Buffer.alloc(0) })).status, 200);
});
