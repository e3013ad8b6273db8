import assert from 'node:assert/strict';
import test from 'node:test';
import { compileHosts, matchRequest, plainHost, type Match } from './match.ts';
import { parseRoutePattern } from './route-pattern.ts';
import type { HostTable, RouteEntry, WorkerEntry } from './routing-table.ts';

const V1 = 'abcdef12-3456-4789-8abc-def012345678';

const aWorker = (name: string, of: Partial<WorkerEntry> = {}): WorkerEntry => ({
  name,
  deployment: null,
  workersDev: true,
  previews: true,
  previewVersions: [V1],
  aliases: {},
  ...of,
});

const someHosts = (of: Partial<HostTable> = {}): HostTable => ({
  domains: ['localhost', 'workers.dev'],
  subdomain: 'team',
  routes: [],
  customDomains: [],
  ...of,
});

const matching =
  (hosts: HostTable, workers: readonly WorkerEntry[] = []) =>
  (host: string, path = '/', scheme?: 'http' | 'https'): Match =>
    matchRequest(compileHosts(hosts, workers), host, path, scheme);

const routing = (...patterns: (string | [string, string | null])[]) =>
  matching(
    someHosts({
      routes: patterns.map((entry): RouteEntry =>
        typeof entry === 'string' ? { pattern: entry, script: entry } : { pattern: entry[0], script: entry[1] },
      ),
    }),
  );

test('[M-1] a Worker answers at its name under each domain, whatever the case, port or final dot', () => {
  const match = matching(someHosts(), [aWorker('hello')]);
  for (const host of [
    'hello.team.localhost',
    'hello.team.workers.dev',
    'HELLO.Team.LocalHost:8080',
    'hello.team.localhost.',
    'hello.team.localhost.:80',
  ]) {
    assert.deepEqual(match(host), { script: 'hello', via: 'workers_dev' }, host);
  }
  assert.deepEqual(match('nobody.team.localhost'), { none: 'unknown_worker' });
  assert.deepEqual(match('hello.other.localhost'), { none: 'unknown_host' });
  assert.deepEqual(match('a.hello.team.localhost'), { none: 'unknown_host' });
  assert.deepEqual(match('team.localhost'), { none: 'unknown_host' });
  assert.deepEqual(match(''), { none: 'unknown_host' });
  assert.deepEqual(match('[::1]:8080'), { none: 'unknown_host' });
});

test('[M-2] a Worker whose workers.dev name is off does not answer there', () => {
  assert.deepEqual(matching(someHosts(), [aWorker('hello', { workersDev: false })])('hello.team.localhost'), { none: 'disabled' });
});

test('[M-3] each version answers at the first eight digits of its id, while previews are on', () => {
  const host = 'abcdef12-hello.team.localhost';
  assert.deepEqual(matching(someHosts(), [aWorker('hello')])(host), { script: 'hello', via: 'version_url', versionId: V1 });
  assert.deepEqual(matching(someHosts(), [aWorker('hello', { workersDev: false })])(host), {
    script: 'hello',
    via: 'version_url',
    versionId: V1,
  });
  assert.deepEqual(matching(someHosts(), [aWorker('hello', { previews: false })])(host), { none: 'previews_disabled' });
  assert.deepEqual(matching(someHosts(), [aWorker('hello')])('00000000-hello.team.localhost'), { none: 'unknown_worker' });
});

test('[M-4] an alias answers for its version, and dashes in names and aliases are no riddle', () => {
  const match = matching(someHosts(), [aWorker('b-c', { aliases: { a: V1 } }), aWorker('c', { aliases: { 'a-x': V1, deadbeef: V1 } })]);
  assert.deepEqual(match('a-b-c.team.localhost'), { script: 'b-c', via: 'alias', versionId: V1 });
  assert.deepEqual(match('a-x-c.team.localhost'), { script: 'c', via: 'alias', versionId: V1 });
  assert.deepEqual(match('deadbeef-c.team.localhost'), { script: 'c', via: 'alias', versionId: V1 });
  assert.deepEqual(match('constructor-c.team.localhost'), { none: 'unknown_worker' });
});

test('[M-5] a Worker’s exact name wins over reading it as a version’s or an alias’s', () => {
  const match = matching(someHosts(), [
    aWorker('hello', { aliases: { dev: V1 } }),
    aWorker('abcdef12-hello'),
    aWorker('dev-hello', { workersDev: false }),
  ]);
  assert.deepEqual(match('abcdef12-hello.team.localhost'), { script: 'abcdef12-hello', via: 'workers_dev' });
  assert.deepEqual(match('dev-hello.team.localhost'), { none: 'disabled' });
});

test('[M-6] a route’s wildcards match as Cloudflare documents them', () => {
  const table: [pattern: string, host: string, path: string, matches: boolean][] = [
    ['example.com', 'example.com', '/', true],
    ['example.com', 'example.com', '/?a=1', false],
    ['example.com/*', 'example.com', '/', true],
    ['example.com/*', 'example.com', '/?a=1', true],
    ['example.com/*', 'www.example.com', '/', false],
    ['EXAMPLE.com/Path', 'Example.COM:8080', '/Path', true],
    ['example.com/Path', 'example.com', '/path', false],
    ['*.example.com/*', 'www.example.com', '/x', true],
    ['*.example.com/*', 'a.b.example.com', '/x', true],
    ['*.example.com/*', 'example.com', '/x', false],
    ['*example.com/*', 'example.com', '/x', true],
    ['*example.com/*', 'a.b.example.com', '/x', true],
    ['*example.com/*', 'myexample.com', '/x', false],
    ['*-staging.example.com/*', 'shop-staging.example.com', '/', true],
    ['*-staging.example.com/*', 'a.shop-staging.example.com', '/', true],
    ['*-staging.example.com/*', 'staging.example.com', '/', false],
    ['*api.example.com/*', 'api.example.com', '/', true],
    ['*/*', 'anything.test', '/', true],
    ['example.com/images*', 'example.com', '/images123', true],
    ['example.com/images/*', 'example.com', '/images', false],
    ['example.com/a/*', 'example.com', '/a/', true],
  ];
  for (const [pattern, host, path, matches] of table) {
    const found = routing(pattern)(host, path);
    assert.deepEqual(found, matches ? { script: pattern, via: 'route' } : { none: 'unknown_host' }, `${pattern} for ${host}${path}`);
  }
});

test('[M-7] of several routes the most specific wins, the host before the path', () => {
  const table: [host: string, path: string, winner: string, loser: string][] = [
    ['www.example.com', '/', 'www.example.com/*', '*.example.com/*'],
    ['a.example.com', '/a', 'a.example.com/*', '*.example.com/a'],
    ['www.example.com', '/', '*.example.com/*', '*example.com/*'],
    ['example.com', '/', 'example.com/', '*example.com/*'],
    ['a.b.example.com', '/', '*.b.example.com/*', '*.example.com/*'],
    ['shop-staging.example.com', '/', '*-staging.example.com/*', '*.example.com/*'],
    ['example.com', '/', 'example.com/*', '*/*'],
    ['example.com', '/images/hello', 'example.com/images*', 'example.com/images/*'],
    ['example.com', '/a/b/c', 'example.com/a/b/*', 'example.com/a/*'],
    ['example.com', '/a/b', 'example.com/a/b', 'example.com/a/b*'],
    ['example.com', '/a/bcd', 'example.com/a/bc*', 'example.com/a/b*'],
  ];
  for (const [host, path, winner, loser] of table) {
    assert.equal(routing(winner, loser)(host, path).script, winner);
    assert.equal(routing(loser, winner)(host, path).script, winner);
  }
});

test('[M-8] a route that names a scheme matches that scheme only', () => {
  const match = routing('https://example.com/*', ['http://example.com/old', 'old']);
  assert.equal(match('example.com', '/old', 'https').script, 'https://example.com/*');
  assert.equal(match('example.com', '/old', 'http').script, 'old');
  assert.deepEqual(match('example.com', '/new', 'http'), { none: 'unknown_host' });
  assert.equal(match('example.com', '/new').script, 'https://example.com/*');
});

test('[M-9] a route without a Worker takes its requests away from less specific ones', () => {
  const match = routing(['*.example.com/images/*', 'gallery'], ['*.example.com/images/cat.png', null]);
  assert.deepEqual(match('a.example.com', '/images/cat.png'), { none: 'excluded' });
  assert.equal(match('a.example.com', '/images/cat.png?foo=bar').script, 'gallery');
});

test('[M-10] a custom domain is its exact host, and a route stands in front of it', () => {
  const customDomains = [
    { hostname: 'app.example.com', script: 'app', enabled: true, previews: false },
    { hostname: 'off.example.com', script: 'app', enabled: false, previews: false },
  ];
  const match = matching(someHosts({ customDomains, routes: [{ pattern: 'app.example.com/log*', script: 'logger' }] }));
  assert.deepEqual(match('APP.example.com', '/'), { script: 'app', via: 'custom_domain' });
  assert.deepEqual(match('app.example.com', '/log?x'), { script: 'logger', via: 'route' });
  assert.deepEqual(match('off.example.com', '/'), { none: 'disabled' });
  assert.deepEqual(match('www.app.example.com', '/'), { none: 'unknown_host' });
});

test('[M-11] a pattern that could never match is refused with the reason', () => {
  const table: [pattern: string, reason: RegExp][] = [
    ['', /empty/],
    ['example.com/*.jpg', /last character/],
    ['example.com/?foo=*', /query/],
    ['ftp://example.com/*', /ftp/],
    ['www.*.com/*', /first character/],
    ['**.example.com/*', /first character/],
    ['example.com:8080/*', /port/],
    ['/path', /no host/],
    ['https:///path', /no host/],
    ['exa mple.com/*', /printable/],
    ['münchen.de/*', /punycode/],
    ['a..com/*', /host name/],
    ['*./x', /host name/],
    [`${'a'.repeat(3000)}.com/*`, /longer/],
    ['example.com/#x', /fragment/],
  ];
  for (const [pattern, reason] of table) {
    const result = parseRoutePattern(pattern);
    assert.ok(!result.ok, pattern);
    assert.match(result.refusal.reason, reason, pattern);
  }
});

const tableOf = (count: number) =>
  compileHosts(
    someHosts({ routes: Array.from({ length: count }, (_, at) => ({ pattern: `*.zone${at}.com/api/*`, script: `w${at}` })) }),
    Array.from({ length: count }, (_, at) => aWorker(`w${at}`)),
  );

test('[M-12] ten thousand Workers and routes cost a request no more than ten', () => {
  const timed = (index: ReturnType<typeof tableOf>): number => {
    const started = performance.now();
    for (let at = 0; at < 20_000; at += 1) {
      matchRequest(index, 'w7.team.localhost', '/');
      matchRequest(index, 'www.zone7.com', '/api/x');
    }
    return performance.now() - started;
  };
  const [few, many] = [tableOf(10), tableOf(10_000)];
  const best = (index: ReturnType<typeof tableOf>): number => Math.min(...Array.from({ length: 7 }, () => timed(index)));
  const [ofFew, ofMany] = [best(few), best(many)];
  // A scan of all entries would be a thousand times slower; other work on the machine is not.
  assert.ok(ofMany < ofFew * 20, `${ofFew} ms against ${ofMany} ms`);
  assert.equal(plainHost('W.example.com.:443'), 'w.example.com');
});
