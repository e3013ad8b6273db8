import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { accepted, ADA, aControlPlane, aScriptUpload, refused, uploaded } from '../../test/support/control-plane.ts';
import {
  addZone,
  createWorker,
  deleteRoute,
  deleteWorker,
  deleteZone,
  putDomains,
  putRoute,
  replaceRoutes,
  type Control,
} from './index.ts';

const MINE = { override: false, replaceAll: true };

/** Workers `a` and `b`, and the zone example.com. */
const aZone = async (t: TestContext) => {
  const { control } = await aControlPlane(t);
  for (const name of ['a', 'b']) accepted(await createWorker(control, ADA, name, {}));
  const zone = accepted(await addZone(control, ADA, 'Example.com'));
  return { control, zone };
};

const routesOf = async ({ store }: Control) => (await store.read.hosts.routes()).map(({ pattern, script }) => [pattern, script]);
const domainsOf = async ({ store }: Control) => (await store.read.hosts.domains()).map(({ hostname, script }) => [hostname, script]);
const stateOf = async (control: Control) => [
  await routesOf(control),
  await domainsOf(control),
  await control.store.read.audit.count(),
  await control.store.read.meta.generation(),
];

test('[M-13] another Worker’s route is not taken silently, however the same pattern is written', async (t) => {
  const { control } = await aZone(t);
  accepted(await replaceRoutes(control, ADA, 'a', [{ pattern: 'example.com/*' }, { pattern: 'example.com' }]));
  const before = await stateOf(control);
  for (const pattern of ['example.com/*', 'EXAMPLE.com/*', 'example.com/', 'example.com']) {
    const refusal = refused(await replaceRoutes(control, ADA, 'b', [{ pattern: 'b.example.com/*' }, { pattern }]));
    assert.deepEqual(refusal, { code: 'route_taken', pattern, script: 'a' });
  }
  assert.deepEqual(await stateOf(control), before);
  accepted(await replaceRoutes(control, ADA, 'b', [{ pattern: 'https://example.com/*' }, { pattern: 'example.com/A' }]));
});

test('[M-13] another Worker’s custom domain is taken only when the client says so', async (t) => {
  const { control } = await aZone(t);
  const [domain] = accepted(await putDomains(control, ADA, 'a', [{ hostname: 'App.example.com' }], MINE));
  const before = await stateOf(control);
  const hostname = 'app.example.com';
  assert.deepEqual(refused(await putDomains(control, ADA, 'b', [{ hostname }], MINE)), { code: 'hostname_taken', hostname, script: 'a' });
  assert.deepEqual(await stateOf(control), before);
  const [taken] = accepted(await putDomains(control, ADA, 'b', [{ hostname }], { ...MINE, override: true }));
  assert.deepEqual([taken?.id, taken?.createdOn, await domainsOf(control)], [domain?.id, domain?.createdOn, [[hostname, 'b']]]);
});

test('a Worker’s routes are replaced as a whole, and one that stays keeps its id', async (t) => {
  const { control } = await aZone(t);
  const [kept] = accepted(await replaceRoutes(control, ADA, 'a', [{ pattern: 'example.com/*' }, { pattern: 'example.com/old' }]));
  const again = accepted(
    await replaceRoutes(control, ADA, 'a', [{ pattern: 'example.com/new' }, { pattern: 'Example.com/*' }, { pattern: 'example.com/new' }]),
  );
  assert.deepEqual(
    again.map(({ pattern }) => pattern),
    ['example.com/new', 'Example.com/*'],
  );
  assert.equal(again[1]?.id, kept?.id);
  assert.deepEqual(await routesOf(control), [
    ['Example.com/*', 'a'],
    ['example.com/new', 'a'],
  ]);
});

test('one route is made, changed and deleted by its id, in its own zone only', async (t) => {
  const { control, zone } = await aZone(t);
  const other = accepted(await addZone(control, ADA, 'example.org'));
  const made = accepted(await putRoute(control, ADA, zone.id, { pattern: 'example.com/*', script: 'a' }));
  const changed = accepted(await putRoute(control, ADA, zone.id, { pattern: 'example.com/x*', script: null }, made.id));
  assert.deepEqual([changed.id, await routesOf(control)], [made.id, [['example.com/x*', null]]]);
  assert.equal(refused(await putRoute(control, ADA, zone.id, { pattern: 'Example.com/x*', script: 'a' })).code, 'route_taken');
  assert.equal(refused(await putRoute(control, ADA, other.id, { pattern: 'example.org/', script: 'a' }, made.id)).code, 'route_not_found');
  assert.equal(refused(await deleteRoute(control, ADA, other.id, made.id)).code, 'route_not_found');
  accepted(await deleteRoute(control, ADA, zone.id, made.id));
  assert.deepEqual(await routesOf(control), []);
});

test('[M-11] a pattern that could never match, or lies in no zone, is refused', async (t) => {
  const { control, zone } = await aZone(t);
  const patterns: readonly (readonly [string, string])[] = [
    ['', 'route_pattern_invalid'],
    ['example.com/*/x', 'route_pattern_invalid'],
    ['example.com/?q=1', 'route_pattern_invalid'],
    ['ftp://example.com/', 'route_pattern_invalid'],
    ['example.org/*', 'hostname_not_in_zone'],
    ['notexample.com/*', 'hostname_not_in_zone'],
    ['*/*', 'hostname_not_in_zone'],
  ];
  for (const [pattern, code] of patterns) {
    assert.equal(refused(await replaceRoutes(control, ADA, 'a', [{ pattern }])).code, code, pattern);
    assert.equal(refused(await putRoute(control, ADA, zone.id, { pattern, script: 'a' })).code, code, pattern);
  }
  assert.equal(
    refused(await replaceRoutes(control, ADA, 'a', [{ pattern: 'example.com', zone_name: 'example.net' }])).code,
    'zone_not_found',
  );
  assert.equal(refused(await putRoute(control, ADA, zone.id, { pattern: 'example.com', script: 'nobody' })).code, 'worker_not_found');
});

test('[M-10] a custom domain is one exact host of a zone', async (t) => {
  const { control } = await aZone(t);
  const names = ['*.example.com', '*example.com', 'a/b.example.com', 'a b.example.com', 'a:1.example.com', 'example', ''];
  for (const hostname of names) {
    assert.equal(refused(await putDomains(control, ADA, 'a', [{ hostname }], MINE)).code, 'zone_name_invalid', hostname);
  }
  assert.equal(refused(await putDomains(control, ADA, 'a', [{ hostname: 'app.example.org' }], MINE)).code, 'hostname_not_in_zone');
  accepted(await putDomains(control, ADA, 'a', [{ hostname: 'example.com' }, { hostname: 'EXAMPLE.com', enabled: false }], MINE));
  assert.deepEqual(
    (await control.store.read.hosts.domains()).map(({ hostname, enabled }) => [hostname, enabled]),
    [['example.com', false]],
  );
});

test('a Worker’s custom domains are replaced where the client says that these are all', async (t) => {
  const { control } = await aZone(t);
  accepted(await putDomains(control, ADA, 'a', [{ hostname: 'one.example.com' }, { hostname: 'two.example.com' }], MINE));
  accepted(await putDomains(control, ADA, 'b', [{ hostname: 'b.example.com' }], MINE));
  accepted(await putDomains(control, ADA, 'a', [{ hostname: 'three.example.com' }], { override: false, replaceAll: false }));
  accepted(await putDomains(control, ADA, 'a', [{ hostname: 'two.example.com' }], MINE));
  assert.deepEqual(await domainsOf(control), [
    ['b.example.com', 'b'],
    ['two.example.com', 'a'],
  ]);
});

test('the zone with the longest name that a host ends in is the host’s', async (t) => {
  const { control } = await aZone(t);
  const inner = accepted(await addZone(control, ADA, 'eu.example.com'));
  const [route] = accepted(await replaceRoutes(control, ADA, 'a', [{ pattern: '*.eu.example.com/*' }]));
  assert.equal(route?.zoneId, inner.id);
  accepted(await deleteZone(control, ADA, inner.id));
  assert.deepEqual(await routesOf(control), [], 'a zone takes its routes with it');
});

test('a Worker that is deleted leaves no route, domain, version or schedule, and its name is free', async (t) => {
  const { control } = await aZone(t);
  const { worker } = await uploaded(control, aScriptUpload(control, 'a'));
  accepted(await replaceRoutes(control, ADA, 'a', [{ pattern: 'example.com/*' }]));
  accepted(await putDomains(control, ADA, 'a', [{ hostname: 'app.example.com' }], MINE));
  accepted(await deleteWorker(control, ADA, 'a'));
  assert.deepEqual([await routesOf(control), await domainsOf(control), await control.store.read.versions.count(worker.tag)], [[], [], 0]);
  assert.equal(refused(await deleteWorker(control, ADA, 'a')).code, 'worker_not_found');
  const again = await uploaded(control, aScriptUpload(control, 'a'));
  assert.deepEqual([again.version.number, again.worker.tag === worker.tag], [1, false]);
});

test('zones that are no domain names, or exist already, are refused', async (t) => {
  const { control } = await aZone(t);
  assert.equal(refused(await addZone(control, ADA, 'EXAMPLE.COM')).code, 'zone_exists');
  for (const name of ['com', '*.example.com', 'example.com/', ''])
    assert.equal(refused(await addZone(control, ADA, name)).code, 'zone_name_invalid');
  assert.equal(refused(await deleteZone(control, ADA, 'unknown')).code, 'zone_not_found');
});
