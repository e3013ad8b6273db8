import assert from 'node:assert/strict';
import test from 'node:test';
import { endpoints, ownEndpoints, type Endpoint, type EndpointName } from '../../src/contract/index.ts';
import { anApi } from '../support/api.ts';
import { golden } from '../support/golden.ts';
import { changesOfHosts } from './changes/hosts.ts';
import { changesOfLogpush } from './changes/logpush.ts';
import { changesOfResources } from './changes/resources.ts';
import type { Changing, OfContent, Row, Rows } from './changes/row.ts';
import { changesOfSettings, changesOfWorkers } from './changes/workers.ts';

/** Calls that could change something by their method, and change nothing. */
const CHANGES_NOTHING = {
  domainsChangeset: 'It tells what putting custom domains would change.',
  restoreD1Database: 'Time Travel is not offered, so that it is always refused.',
} as const;

/** A new endpoint is missed by the compiler here, and by the first test. */
const rows: Rows<Exclude<Changing, keyof typeof CHANGES_NOTHING>> = {
  ...changesOfWorkers,
  ...changesOfSettings,
  ...changesOfHosts,
  ...changesOfResources,
  ...changesOfLogpush,
};

const STORED = 'What a resource holds is written by Workers too, thousands of times a second.';
const READS = 'It reads what a resource holds; only its method says otherwise.';
const FILES = 'Files of an upload belong to nobody before the version that names them, which is logged.';
const WATCHES = 'It changes nothing of a Worker, and ends with its client.';
const TRIES = 'It tells what a job would be told, and changes none.';
const ERASES = 'What is waiting is content; the queue stays as it is.';

/** Calls that are about the contents of resources are not logged, each for a reason. */
const NOT_LOGGED: Readonly<Record<OfContent, string>> = {
  createAssetSession: FILES,
  uploadAssets: FILES,
  putKvValue: STORED,
  deleteKvValue: STORED,
  putKvBulk: STORED,
  deleteKvBulk: STORED,
  deleteKvBulkLegacy: STORED,
  getKvBulk: READS,
  queryD1Database: STORED,
  rawD1Database: STORED,
  importD1Database: STORED,
  exportD1Database: READS,
  queryAnalytics: 'There are no analytics: wrangler is told so.',
  putR2Object: STORED,
  deleteR2Object: STORED,
  purgeQueue: ERASES,
  pushQueueMessage: STORED,
  pushQueueMessages: STORED,
  createTail: WATCHES,
  deleteTail: WATCHES,
  validateLogpushDestination: TRIES,
  findLogpushDestination: TRIES,
  validateLogpullOptions: TRIES,
  createLogpushOwnership: 'It writes to what is not ours, and changes no job.',
  validateLogpushOwnership: TRIES,
};

const namesWhere = (is: (endpoint: Endpoint) => boolean): readonly string[] =>
  Object.entries<Endpoint>(endpoints).flatMap(([name, endpoint]) => (endpoint.method !== 'GET' && is(endpoint) ? [name] : []));

test('[A-3] each call that may change something is tried below, or said to change nothing', () => {
  assert.deepEqual([...Object.keys(rows), ...Object.keys(CHANGES_NOTHING)].toSorted(), namesWhere((e) => e.isContent !== true).toSorted());
  assert.deepEqual(Object.keys(NOT_LOGGED).toSorted(), namesWhere((e) => e.isContent === true).toSorted());
  assert.deepEqual(
    Object.entries<Endpoint>(ownEndpoints).flatMap(([name, { method }]) => (method === 'GET' ? [] : [name])),
    ['createRevision', 'rollBackRenewed', 'createSession', 'deleteSession', 'createSessionCode'],
    'of our own calls only these change anything; they are tried in revisions.test.ts, rollbacks.test.ts and sessions.test.ts',
  );
});

/** Workers, zones and resources may all be called so. */
const called = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

test('[A-3] a call that is done writes exactly one audit row, and one that is refused none', async (t) => {
  const api = await anApi(t, { hasData: true });
  const count = () => api.api.store.read.audit.count();
  const actions = new Set<string>();
  // Each row is typed by its own name; here one stands for all.
  for (const [name, row] of Object.entries(rows) as readonly (readonly [EndpointName, Row<EndpointName>])[])
    await t.test(name, async () => {
      const { done, refused } = await row(api, called(name));
      const before = await count();
      const [params, call = {}] = refused;
      await api.refused(name, params, call);
      assert.equal((await api.refused(name, done[0], { ...done[1], token: 'sb_wrong' })).status, 401);
      assert.equal(await count(), before, 'a refusal is no change');
      await api.ok(name, done[0], done[1] ?? {});
      assert.equal(await count(), before + 1);
      const [entry] = await api.api.store.read.audit.page({ offset: 0, limit: 1 });
      assert.match(entry?.action ?? '', /^[a-z0-9_]+(\.[a-z0-9_]+)+$/);
      assert.match(entry?.target ?? '', /^[a-z0-9_]+\/./);
      assert.equal(entry?.actor.email, 'ada@example.com');
      actions.add(entry?.action ?? '');
    });
  // The dashboard has words for each of them.
  const known = golden<readonly string[]>('actions');
  known.update(() => [...actions].toSorted());
  assert.deepEqual([...actions].toSorted(), known.value);
});

test('[A-3] a call that changes nothing writes no audit row, whatever its method', async (t) => {
  const api = await anApi(t, { hasData: true });
  await api.upload('hello');
  await api.ok('createZone', {}, { json: { name: 'example.com' } });
  const { uuid: database } = await api.ok('createD1Database', {}, { json: { name: 'db' } });
  const before = api.world();
  await api.ok('domainsChangeset', { script_name: 'hello' }, { json: [{ hostname: 'a.example.com' }] });
  await api.refused('restoreD1Database', { database });
  assert.deepEqual(api.world(), before);
});
