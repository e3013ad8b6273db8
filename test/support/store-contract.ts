import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { accept, refuse } from '../../src/base/index.ts';
import { WHOLE } from '../../src/domain/index.ts';
import {
  Store,
  type AuditEntry,
  type AuditFilter,
  type Change,
  type Commit,
  type CustomDomain,
  type Database,
  type Worker,
} from '../../src/store/index.ts';
import { aDeployment, aModule, aSecret, aVersion, uuid } from './builders.ts';

/** One database of a test's own; opening it again finds what was stored. */
export interface Engine {
  open(): Promise<Database>;
}

const TAG = 'f'.repeat(32);
const AT = '2026-11-01T10:00:00.000Z';

export const anEntry = (number = 1): AuditEntry => ({
  id: uuid(5000 + number),
  at: AT,
  actor: { id: 'token-ada', email: 'ada@example.com' },
  action: 'test.change',
  target: `worker/${number}`,
  detail: { number },
});

const hour = (hours: number): string => `2026-11-01T${hours}:00:00.000Z`;
const aSchedule = (cron: string) => ({ cron, createdOn: AT, modifiedOn: AT });

export const aWorker = (name = 'hello', more: Partial<Worker> = {}): Worker => ({
  tag: TAG,
  name,
  createdOn: AT,
  modifiedOn: AT,
  lastDeployedFrom: undefined,
  nextNumber: 1,
  workersDev: false,
  previews: true,
  migrationTag: undefined,
  settings: { logpush: true, tags: ['a'] },
  ...more,
});

const changed = async (store: Store, work: (change: Change) => Promise<void>, number = 1): Promise<void> => {
  const made = await store.change(
    async (change) => {
      await work(change);
      return accept(null);
    },
    () => anEntry(number),
  );
  assert.ok(made.ok);
};

const numberOfNext = async (store: Store): Promise<number> => {
  const made = await store.change(
    async (change) => accept((await change.deployments.insert(aDeployment(4))).number),
    () => anEntry(4),
  );
  return made.ok ? made.value : 0;
};

/** Of versions called `<Worker>-<number>`, in equal shares. */
const splitOf = (worker: string, ...numbers: readonly number[]) =>
  numbers.map((number) => ({ versionId: `${worker}-${number}`, share: WHOLE / numbers.length }));

/** What every engine promises. Tests of a single engine's own promises stand beside that engine. */
export const storeContract = (name: string, engineFor: (t: TestContext) => Promise<Engine>): void => {
  const aStore = async (t: TestContext): Promise<Store> => {
    const store = new Store(await (await engineFor(t)).open());
    t.after(() => store.close());
    return store;
  };
  const holds = (sentence: string, check: (store: Store, t: TestContext) => Promise<void>): void =>
    void test(sentence.replace('$', name), async (t) => check(await aStore(t), t));

  holds('$: a Worker is found by name and by tag, changed and deleted', async (store) => {
    const { workers } = store.read;
    await changed(store, (change) => change.workers.insert(aWorker()));
    assert.deepEqual(await workers.byName('hello'), aWorker());
    assert.deepEqual(await workers.byTag(TAG), aWorker());
    const renumbered = aWorker('hello', { nextNumber: 7, workersDev: true, previews: false, lastDeployedFrom: 'wrangler', settings: {} });
    await changed(store, (change) => change.workers.update(renumbered), 2);
    assert.deepEqual(await workers.all(), [renumbered]);
    await changed(store, (change) => change.workers.delete(TAG), 3);
    assert.deepEqual([await workers.byName('hello'), await workers.byTag(TAG)], [undefined, undefined]);
  });

  holds('$: Workers are listed by name, and two of one name cannot be', async (store) => {
    await changed(store, async (change) => {
      await change.workers.insert(aWorker('b', { tag: '1' }));
      await change.workers.insert(aWorker('a', { tag: '2' }));
    });
    assert.deepEqual(
      (await store.read.workers.all()).map((worker) => worker.name),
      ['a', 'b'],
    );
    await assert.rejects(changed(store, (change) => change.workers.insert(aWorker('a', { tag: '3' })), 2));
  });

  holds('[V-3] $: a version comes back exactly as it was stored', async (store) => {
    const version = aVersion(1, {
      message: 'line\nbreak "quoted" – é \u{1f680}',
      tag: 'v1',
      alias: 'staging',
      handlers: ['fetch', 'scheduled'],
      namedHandlers: [{ name: 'Api', handlers: ['fetch'] }],
      bindings: [aSecret('TOKEN', 'x'), { type: 'json', name: 'J', json: { deep: [1, null, 'a'] } }],
      modules: [aModule(), aModule({ name: 'lib/x.wasm', kind: 'wasm', digest: 'b'.repeat(64) })],
      compatibilityFlags: ['nodejs_compat'],
      limits: { cpu_ms: 50 },
      placement: { mode: 'smart' },
      kept: { cache_options: { a: 1 } },
    });
    await changed(store, async (change) => {
      await change.workers.insert(aWorker());
      await change.versions.insert(version, undefined);
      await change.versions.insert(aVersion(2), undefined);
    });
    assert.deepEqual(await store.read.versions.byId(version.id), version);
    // What is absent is not told from what is undefined: JSON has no undefined.
    assert.deepEqual(JSON.parse(JSON.stringify(await store.read.versions.newest(TAG))), JSON.parse(JSON.stringify(aVersion(2))));
  });

  holds('$: versions are found by Worker, paged newest first, counted and deleted', async (store) => {
    const { versions } = store.read;
    await changed(store, async (change) => {
      await change.workers.insert(aWorker());
      await change.workers.insert(aWorker('other', { tag: 'other' }));
      for (const number of [1, 2, 3]) await change.versions.insert(aVersion(number), undefined);
      await change.versions.insert(aVersion(9, { scriptTag: 'other' }), undefined);
    });
    const numbers = async (offset: number, limit: number) => (await versions.page(TAG, { offset, limit })).map(({ number }) => number);
    assert.deepEqual([await numbers(0, 2), await numbers(2, 2), await numbers(4, 2)], [[3, 2], [1], []]);
    assert.deepEqual([await versions.count(TAG), await versions.count('other'), await versions.count('nobody')], [3, 1, 0]);
    assert.deepEqual(await versions.ids(TAG, 9), [uuid(3), uuid(2), uuid(1)]);
    assert.deepEqual(await versions.ids(TAG, 2), [uuid(3), uuid(2)]);
    assert.deepEqual(
      (await versions.byIds(TAG, [uuid(1), uuid(9), uuid(77)])).map(({ id }) => id),
      [uuid(1)],
    );
    assert.deepEqual(await versions.byIds(TAG, []), []);
    await changed(store, (change) => change.versions.delete(uuid(3)), 2);
    assert.equal((await versions.newest(TAG))?.number, 2);
  });

  holds('$: what serves is found for all Workers at once, by name and number, and by a text in its code', async (store) => {
    const kv = { type: 'kv_namespace' as const, name: 'CACHE', namespace_id: 'kv-1' };
    await changed(store, async (change) => {
      for (const tag of ['b', 'a', 'never']) {
        await change.workers.insert(aWorker(tag, { tag }));
        for (const number of [1, 2, 3]) {
          const id = `${tag}-${number}`;
          await change.versions.insert(aVersion(number, { id, scriptTag: tag, bindings: number === 2 ? [kv] : [] }), undefined);
        }
      }
      await change.deployments.insert(aDeployment(1, { scriptTag: 'b', split: splitOf('b', 3) }));
      await change.deployments.insert(aDeployment(2, { scriptTag: 'b', split: splitOf('b', 2, 1) }));
      await change.deployments.insert(aDeployment(3, { scriptTag: 'a', split: splitOf('a', 2) }));
    });
    const found = async (texts?: readonly string[]) =>
      (await store.read.serving.all(texts)).map(({ script, version }) => [script, version.id]);
    const all = [
      ['a', 'a-2'],
      ['b', 'b-1'],
      ['b', 'b-2'],
    ];
    assert.deepEqual(await found(), all);
    assert.deepEqual(await found(['kv-1', 'kv-2']), [all[0], all[2]]);
    assert.deepEqual(await found(['kv-2']), []);
    assert.deepEqual((await store.read.serving.all(['kv-1']))[0]?.version.bindings, [kv]);
  });

  holds('$: what is owed to be erased is noted once, and forgotten', async (store) => {
    const resource = { kind: 'queue' as const, id: '1', name: 'jobs' };
    await changed(store, async (change) => {
      await change.erasures.insert(resource);
      await change.erasures.insert(resource);
    });
    assert.deepEqual(await store.read.erasures.all(), [{ kind: 'queue', id: '1', name: 'jobs' }]);
    await store.note((queries) => queries.erasures.delete({ kind: 'd1', id: '1', name: 'jobs' }));
    assert.equal((await store.read.erasures.all()).length, 1);
    await store.note((queries) => queries.erasures.delete(resource));
    assert.deepEqual(await store.read.erasures.all(), []);
  });

  holds('[V-4] $: two versions of a Worker cannot have one number', async (store) => {
    await changed(store, async (change) => {
      await change.workers.insert(aWorker());
      await change.versions.insert(aVersion(1), undefined);
    });
    await assert.rejects(changed(store, (change) => change.versions.insert(aVersion(1, { id: uuid(2) }), undefined), 2));
    assert.equal(await store.read.versions.count(TAG), 1);
  });

  holds('[V-2] $: an upload whose answer was not delivered is found by its digest, author and time until it is', async (store) => {
    const { versions } = store.read;
    const digest = 'upload';
    await changed(store, async (change) => {
      await change.workers.insert(aWorker());
      await change.versions.insert(aVersion(1), { digest, answeredOn: undefined });
    });
    const found = async (author: string, of: string, since: string) => (await versions.unanswered(TAG, author, of, since))?.id;
    const [since, later] = ['2026-11-01T10:00:00.000001Z', '2026-11-01T10:00:00.000002Z'];
    assert.equal(await found('token-1', digest, since), uuid(1));
    assert.deepEqual(
      [await found('token-2', digest, since), await found('token-1', 'other', since), await found('token-1', digest, later)],
      [undefined, undefined, undefined],
    );
    await store.note((queries) => queries.versions.markAnswered(uuid(1), AT));
    assert.equal(await found('token-1', digest, since), undefined);
  });

  holds('[W-3] $: the digests are those of versions that exist', async (store) => {
    const [a, b] = [aModule({ digest: 'a' }), aModule({ name: 'b.js', digest: 'b' })];
    await changed(store, async (change) => {
      await change.workers.insert(aWorker());
      await change.versions.insert(aVersion(1, { modules: [a, b, { ...b, name: 'copy.js' }] }), undefined);
      await change.versions.insert(aVersion(2, { modules: [a] }), undefined);
      await change.versions.insert(aVersion(3, { modules: [] }), undefined);
    });
    assert.deepEqual(await store.read.versions.digests(), new Set(['a', 'b']));
    await changed(store, (change) => change.versions.delete(uuid(1)), 2);
    assert.deepEqual(await store.read.versions.digests(), new Set(['a']));
    await changed(store, (change) => change.workers.delete(TAG), 3);
    assert.deepEqual(await store.read.versions.digests(), new Set());
  });

  holds('[W-4] $: the most recently given aliases are kept, and one given again is young again', async (store) => {
    await changed(store, async (change) => {
      await change.workers.insert(aWorker());
      for (const number of [1, 2, 3, 4]) await change.versions.insert(aVersion(number), undefined);
      const give = (alias: string, number: number, at: string) => change.versions.setAlias(TAG, alias, uuid(number), at, 3);
      await give('a', 1, '01');
      await give('b', 2, '02');
      await give('c', 3, '03');
      await give('a', 3, '04');
      await give('d', 4, '05');
    });
    assert.deepEqual(await store.read.versions.aliases(TAG), { a: uuid(3), c: uuid(3), d: uuid(4) });
    await changed(store, (change) => change.versions.delete(uuid(3)), 2);
    assert.deepEqual(await store.read.versions.aliases(TAG), { d: uuid(4) }, 'an alias goes with its version');
  });

  holds('[D-1] $: deployments are numbered, paged newest first, and the newest is the active one', async (store) => {
    const { deployments } = store.read;
    await changed(store, (change) => change.workers.insert(aWorker()));
    assert.equal(await deployments.active(TAG), undefined);
    await changed(
      store,
      async (change) => {
        assert.equal((await change.deployments.insert(aDeployment(1))).number, 1);
        await change.deployments.insert(aDeployment(2, { shares: [90, 10], message: 'a canary' }));
        assert.equal((await change.deployments.insert(aDeployment(3, { shares: [0, 100], rollbackFrom: uuid(7) }))).number, 3);
      },
      2,
    );
    assert.deepEqual(await deployments.active(TAG), { ...aDeployment(3, { shares: [0, 100], rollbackFrom: uuid(7) }), number: 3 });
    assert.deepEqual(
      (await deployments.page(TAG, { offset: 1, limit: 5 })).map(({ number }) => number),
      [2, 1],
    );
    assert.equal(await deployments.count(TAG), 3);
    assert.equal((await deployments.byId(TAG, uuid(1002)))?.message, 'a canary');
    assert.equal(await deployments.byId('other', uuid(1002)), undefined);
    await changed(store, (change) => change.deployments.delete(uuid(1001)), 3);
    assert.equal(await numberOfNext(store), 4, 'a number is not given again');
  });

  holds('$: of each Worker so many of its latest deployments are read, whichever were deleted between them', async (store) => {
    const { deployments } = store.read;
    await changed(store, async (change) => {
      await change.workers.insert(aWorker());
      for (const number of [1, 2, 3, 4, 5]) await change.deployments.insert(aDeployment(number));
    });
    await changed(store, (change) => change.deployments.delete(aDeployment(4).id), 2);
    const latest = async (most: number, tags: readonly string[] = [TAG, 'another']) => {
      const numbers = (await deployments.latestOfEach(tags, most)).map(({ number }) => number);
      const heads = await deployments.heads(tags, most);
      assert.deepEqual(heads.get(TAG)?.map(({ number }) => number) ?? [], numbers);
      return numbers;
    };
    assert.deepEqual(await latest(2), [5, 3]);
    assert.deepEqual(await latest(30), [5, 3, 2, 1]);
    assert.deepEqual([await latest(2, []), await latest(2, ['another'])], [[], []]);
    const [{ split, createdOn, triggeredBy } = aDeployment(1)] = (await deployments.heads([TAG], 1)).get(TAG) ?? [];
    const whole = await deployments.active(TAG);
    assert.deepEqual([split, createdOn, triggeredBy], [whole?.split, whole?.createdOn, whole?.triggeredBy]);
    assert.deepEqual(
      (await deployments.page(TAG, { offset: 1, limit: 5, below: 5 })).map(({ number }) => number),
      [2, 1],
    );
  });

  holds('$: of each Worker is known when it, its deployment and its newest version were made, and whether it is split', async (store) => {
    const { workers } = store.read;
    const times = async () => (await workers.times()).map(({ deployedOn, uploadedOn, isSplit }) => [deployedOn, uploadedOn, isSplit]);
    const [alone, shared] = [aDeployment(1, { shares: [0, 100] }), aDeployment(2, { shares: [50, 50] })];
    await changed(store, (change) => change.workers.insert(aWorker()));
    assert.deepEqual(await times(), [[undefined, undefined, false]]);
    await changed(store, async (change) => void (await change.deployments.insert(alone)), 2);
    assert.deepEqual(await times(), [[alone.createdOn, undefined, false]]);
    const version = aVersion(1);
    await changed(
      store,
      async (change) => {
        await change.versions.insert(version, undefined);
        await change.deployments.insert(shared);
      },
      3,
    );
    assert.deepEqual(await times(), [[shared.createdOn, version.createdOn, true]]);
    assert.deepEqual([(await workers.times([TAG])).length, await workers.times(['another'])], [1, []]);
    assert.deepEqual(await store.read.versions.numbers([version.id, 'another']), new Map([[version.id, version.number]]));
  });

  holds('[D-10] $: the last deployment at 100 % before another, and the last of one version, are found', async (store) => {
    const { deployments } = store.read;
    await changed(store, async (change) => {
      await change.workers.insert(aWorker());
      await change.deployments.insert(aDeployment(1));
      await change.deployments.insert(aDeployment(2, { shares: [0, 100] }));
      await change.deployments.insert(aDeployment(3, { shares: [50, 50] }));
      await change.deployments.insert(aDeployment(4));
    });
    assert.equal((await deployments.lastStableBefore(TAG, 4))?.number, 2);
    assert.equal((await deployments.lastStableBefore(TAG, 2))?.number, 1);
    assert.equal(await deployments.lastStableBefore(TAG, 1), undefined);
    assert.equal((await deployments.lastWithSoleVersion(TAG, uuid(1)))?.number, 4);
    assert.equal((await deployments.lastWithSoleVersion(TAG, uuid(2)))?.number, 2);
    assert.equal(await deployments.lastWithSoleVersion(TAG, uuid(3)), undefined);
  });

  holds('$: what served since a time are the deployments made after it and the one before them, newest first', async (store) => {
    await changed(store, async (change) => {
      await change.workers.insert(aWorker());
      for (const number of [1, 2, 3, 4]) await change.deployments.insert({ ...aDeployment(number), createdOn: hour(10 + number) });
    });
    const served = async (since: string, most = 9) =>
      (await store.read.deployments.servedSince(TAG, since, most)).map(({ createdOn }) => createdOn);
    assert.deepEqual(await served(hour(13)), [hour(14), hour(13)], 'the one before left at that time');
    assert.deepEqual(await served('2026-11-01T12:30:00.000Z'), [hour(14), hour(13), hour(12)]);
    assert.deepEqual(await served(hour(20)), [hour(14)], 'what serves does so however old it is');
    assert.deepEqual(await served(hour(10)), [hour(14), hour(13), hour(12), hour(11)]);
    assert.deepEqual(await served(hour(10), 2), [hour(14), hour(13)]);
    const [newest] = await store.read.deployments.servedSince(TAG, hour(20), 9);
    assert.deepEqual(newest?.split, aDeployment(4).split);
    assert.deepEqual(await store.read.deployments.servedSince('other', hour(10), 9), []);
  });

  holds('$: the deployments that name a version are deleted, wherever in the split it stands, and no others', async (store) => {
    await changed(store, async (change) => {
      await change.workers.insert(aWorker());
      for (const [at, shares] of [[100], [0, 100], [50, 50], [100]].entries())
        await change.deployments.insert(aDeployment(at + 1, { shares }));
      await change.deployments.deleteNaming('other', uuid(2));
      await change.deployments.deleteNaming(TAG, uuid(2));
    });
    const left = await store.read.deployments.page(TAG, { offset: 0, limit: 9 });
    assert.deepEqual(
      left.map(({ number }) => number),
      [4, 1],
    );
  });

  holds('$: a deployment of versions that came from another does not name that one', async (store) => {
    const came = { versionId: uuid(2), share: 100_000, lineage: uuid(1) };
    await changed(store, async (change) => {
      await change.workers.insert(aWorker());
      await change.versions.insert({ ...aVersion(2, { lineage: uuid(1) }), scriptTag: TAG }, undefined);
      for (const split of [[{ versionId: uuid(1), share: 100_000 }], [came], [{ versionId: uuid(3), share: 100_000 }]]) {
        const { length } = await change.deployments.page(TAG, { offset: 0, limit: 9 });
        await change.deployments.insert({ ...aDeployment(length + 1), split });
      }
      assert.equal(await change.deployments.leftOn(TAG, uuid(1)), aDeployment(2).createdOn);
      await change.deployments.deleteNaming(TAG, uuid(1));
    });
    const left = await store.read.deployments.page(TAG, { offset: 0, limit: 9 });
    assert.deepEqual(left.map(({ split }) => split).at(-1), [came]);
    assert.equal((await store.read.versions.byId(uuid(2)))?.lineage, uuid(1));
  });

  holds('$: zones, routes and custom domains are kept, changed and deleted; a zone takes its own with it', async (store) => {
    const { hosts } = store.read;
    const zone = { id: 'z1', name: 'example.com', createdOn: AT };
    const route = { id: 'r1', zoneId: 'z1', pattern: 'example.com/*', script: null, createdOn: AT };
    const domain: CustomDomain = {
      id: 'd1',
      hostname: 'app.example.com',
      zoneId: 'z1',
      script: 'hello',
      enabled: true,
      previewsEnabled: false,
      createdOn: AT,
    };
    await changed(store, async (change) => {
      await change.hosts.insertZone(zone);
      await change.hosts.insertRoute(route);
      await change.hosts.insertDomain(domain);
    });
    assert.deepEqual([await hosts.zoneById('z1'), await hosts.zoneByName('example.com'), await hosts.zones()], [zone, zone, [zone]]);
    assert.deepEqual([await hosts.routes(), await hosts.domains()], [[route], [domain]]);
    const [reRouted, moved] = [
      { ...route, script: 'hello', pattern: 'example.com/a*' },
      { ...domain, enabled: false, previewsEnabled: true },
    ];
    await changed(
      store,
      async (change) => {
        await change.hosts.updateRoute(reRouted);
        await change.hosts.updateDomain(moved);
      },
      2,
    );
    assert.deepEqual([await hosts.routes(), await hosts.domains()], [[reRouted], [moved]]);
    await changed(store, (change) => change.hosts.deleteZone('z1'), 3);
    assert.deepEqual([await hosts.zones(), await hosts.routes(), await hosts.domains()], [[], [], []]);
  });

  holds('$: a Worker that is released loses its routes and domains, and others keep theirs', async (store) => {
    await changed(store, async (change) => {
      await change.hosts.insertZone({ id: 'z1', name: 'example.com', createdOn: AT });
      for (const script of ['hello', 'other', null]) {
        await change.hosts.insertRoute({ id: `r ${script}`, zoneId: 'z1', pattern: `example.com/${script}`, script, createdOn: AT });
      }
      await change.hosts.insertDomain({
        id: 'd1',
        hostname: 'h.example.com',
        zoneId: 'z1',
        script: 'hello',
        enabled: true,
        previewsEnabled: true,
        createdOn: AT,
      });
      await change.hosts.releaseWorker('hello');
    });
    assert.deepEqual((await store.read.hosts.routes()).map(({ script }) => script).toSorted(), [null, 'other']);
    assert.deepEqual(await store.read.hosts.domains(), []);
    await changed(
      store,
      async (change) => {
        await change.hosts.deleteRoute('r other');
        await change.hosts.deleteDomain('d1');
      },
      2,
    );
    assert.equal((await store.read.hosts.routes()).length, 1);
  });

  holds('$: schedules are replaced as a whole', async (store) => {
    await changed(store, async (change) => {
      await change.workers.insert(aWorker());
      await change.schedules.replace(TAG, [aSchedule('5 * * * *'), aSchedule('0 * * * *')]);
    });
    assert.deepEqual(await store.read.schedules.ofWorker(TAG), [aSchedule('0 * * * *'), aSchedule('5 * * * *')]);
    await changed(store, (change) => change.schedules.replace(TAG, []), 2);
    assert.deepEqual(await store.read.schedules.ofWorker(TAG), []);
  });

  holds('$: a token is found by its hash until it is revoked', async (store) => {
    const token = { id: 't1', name: 'ci', email: undefined, isOperator: false, createdOn: AT };
    await changed(store, (change) => change.tokens.insert(token, 'hash'));
    assert.deepEqual([await store.read.tokens.byHash('hash'), await store.read.tokens.all()], [token, [token]]);
    assert.equal(await store.read.tokens.byHash('other'), undefined);
    await changed(store, (change) => change.tokens.revoke('t1', AT), 2);
    assert.deepEqual([await store.read.tokens.byHash('hash'), await store.read.tokens.all()], [undefined, []]);
  });

  holds('[A-3] $: a change and its audit row are there together, newest first', async (store) => {
    for (const number of [1, 2, 3]) await changed(store, (change) => change.meta.set('key', String(number)), number);
    assert.equal(await store.read.meta.get('key'), '3');
    assert.deepEqual(await store.read.audit.page({ offset: 0, limit: 2 }), [anEntry(3), anEntry(2)]);
    assert.deepEqual(await store.read.audit.page({ offset: 2, limit: 2 }), [anEntry(1)]);
    assert.equal(await store.read.audit.count(), 3);
  });

  holds('[A-18] $: audit rows are found by each of their facts, and by several at once', async (store) => {
    const zone = { id: 'z', name: 'example.com', createdOn: AT };
    const rows: readonly AuditEntry[] = [
      { ...anEntry(1), action: 'deployment.create', actorIp: '10.0.0.1' },
      { ...anEntry(2), action: 'deployment.delete', actor: { id: 'b', email: 'bob@example.com' }, at: '2026-11-22T00:00:00.000Z' },
      { ...anEntry(3), action: 'deployments', target: 'worker/other', actorIp: '10.0.0.2' },
      { ...anEntry(4), action: 'deploymentXcreate', actorIp: '10.0.0.2' },
    ];
    await changed(store, (change) => change.hosts.insertZone(zone), 9);
    for (const row of rows) {
      const made = await store.change(
        async (change) => {
          if (row === rows[3]) await change.inZone('z');
          return accept(null);
        },
        () => row,
      );
      assert.ok(made.ok);
    }
    const found = async (filter: AuditFilter) => {
      const page = await store.read.audit.page({ offset: 0, limit: 9, oldestFirst: true }, filter);
      assert.equal(await store.read.audit.count(filter), page.length);
      return page.map(({ detail }) => detail['number']);
    };
    assert.deepEqual(await found({}), [9, 1, 2, 3, 4]);
    assert.deepEqual(await found({ id: rows[2]?.id }), [3]);
    assert.deepEqual(await found({ action: 'deployment' }), [1, 2]);
    assert.deepEqual(await found({ action: 'deployment_create' }), [], 'what LIKE reads as a pattern is none');
    assert.deepEqual(await found({ action: 'deployment.create' }), [1]);
    assert.deepEqual([await found({ actor: 'bob@example.com' }), await found({ actor: 'b' })], [[2], [2]]);
    assert.deepEqual(await found({ target: 'worker/other' }), [3]);
    assert.deepEqual([await found({ actorIps: ['10.0.0.2', '::1'] }), await found({ actorIps: [] })], [[3, 4], []]);
    assert.deepEqual([await found({ zone: 'example.com' }), await found({ zone: 'example.org' })], [[4], []]);
    assert.deepEqual([await found({ since: rows[1]?.at }), await found({ before: rows[1]?.at })], [[2], [9, 1, 3, 4]]);
    assert.deepEqual(await found({ action: 'deployment', actorIps: ['10.0.0.1'], before: rows[1]?.at }), [1]);
    assert.deepEqual((await store.read.audit.actorIps()).toSorted(), ['10.0.0.1', '10.0.0.2']);
  });

  /** How a change can end in the middle; each leaves nothing of it. */
  const ENDINGS: Readonly<Record<string, (store: Store) => Promise<unknown>>> = {
    'is refused': async (store) => {
      const refusal = { code: 'nothing_deployed', name: 'hello' };
      const made = await store.change(
        async (change) => {
          await change.meta.set('key', 'value');
          change.touchHosts();
          return refuse(refusal);
        },
        () => assert.fail('there is no change to write down'),
      );
      assert.deepEqual(made, { ok: false, refusal });
    },
    throws: (store) =>
      assert.rejects(
        store.change(
          async (change) => {
            await change.meta.set('key', 'value');
            change.touchHosts();
            throw new Error('the disk is on fire');
          },
          () => anEntry(),
        ),
        { message: 'the disk is on fire' },
      ),
    'cannot be written down': async (store) => {
      await changed(store, () => Promise.resolve(), 1);
      const again = changed(store, async (change) => {
        await change.meta.set('key', 'value');
        change.touchHosts();
      });
      await assert.rejects(again, 'an audit row of the same id cannot be');
    },
  };
  for (const [ending, end] of Object.entries(ENDINGS)) {
    holds(`[A-3] $: a change that ${ending} leaves nothing: no data, no audit row, no generation, no call back`, async (store) => {
      const commits: Commit[] = [];
      store.onCommit((commit) => commits.push(commit));
      await end(store);
      assert.equal(await store.read.meta.get('key'), undefined);
      assert.equal(await store.read.meta.generation(), 0);
      assert.ok((await store.read.audit.count()) <= 1);
      assert.deepEqual(commits, []);
      await changed(store, (change) => change.meta.set('key', 'later'), 9);
      assert.equal(await store.read.meta.get('key'), 'later', 'and the store goes on');
    });
  }

  holds('$: a generation is made by each change that touches the table, and by no other', async (store) => {
    const commits: Commit[] = [];
    const stop = store.onCommit((commit) => commits.push(commit));
    await changed(store, (change) => change.meta.set('a', '1'), 1);
    await changed(store, async (change) => change.touchWorker('hello'), 2);
    await changed(
      store,
      async (change) => {
        change.touchWorker('a');
        change.touchWorker('b');
        change.touchWorker('a');
        change.touchHosts();
      },
      3,
    );
    await store.note((queries) => queries.meta.set('b', '2'));
    stop();
    await changed(store, async (change) => change.touchHosts(), 4);
    assert.deepEqual(commits, [
      { generation: 1, previous: 0, workers: new Set(['hello']), hosts: false },
      { generation: 2, previous: 1, workers: new Set(['a', 'b']), hosts: true },
    ]);
    assert.equal(await store.read.meta.generation(), 3);
  });

  holds('$: changes made at once happen one after the other and are told in the order of their generations', async (store) => {
    const generations: number[] = [];
    store.onCommit(({ generation, previous }) => {
      assert.equal(generation, previous + 1);
      generations.push(generation);
    });
    const add = (number: number) =>
      changed(
        store,
        async (change) => {
          const before = Number((await change.meta.get('count')) ?? 0);
          await Promise.resolve();
          await change.meta.set('count', String(before + 1));
          change.touchHosts();
        },
        number,
      );
    await Promise.all(Array.from({ length: 30 }, (_, at) => add(at)));
    assert.equal(await store.read.meta.get('count'), '30');
    assert.deepEqual(
      generations,
      Array.from({ length: 30 }, (_, at) => at + 1),
    );
    assert.equal(await store.read.audit.count(), 30);
  });

  holds('$: a snapshot is of one state, whatever is written meanwhile', async (store) => {
    await changed(store, async (change) => change.meta.set('a', '0'));
    const reading = store.snapshot(async (queries) => {
      const first = await queries.meta.get('a');
      await new Promise((resolve) => setImmediate(resolve));
      return [first, await queries.meta.get('a')];
    });
    const writing = changed(store, (change) => change.meta.set('a', '1'), 2);
    const [first, second] = await reading;
    assert.equal(first, second);
    await writing;
    assert.equal(await store.read.meta.get('a'), '1');
  });

  void test(`[A-4] ${name}: opened again, everything is there, and the generation goes on`, async (t) => {
    const engine = await engineFor(t);
    const first = new Store(await engine.open());
    await changed(first, async (change) => {
      await change.workers.insert(aWorker());
      await change.versions.insert(aVersion(1), undefined);
      await change.deployments.insert(aDeployment(1));
      change.touchWorker('hello');
    });
    await first.close();
    const second = new Store(await engine.open());
    t.after(() => second.close());
    assert.deepEqual(await second.read.workers.all(), [aWorker()]);
    assert.equal((await second.read.versions.byId(uuid(1)))?.number, 1);
    assert.equal((await second.read.deployments.active(TAG))?.number, 1);
    assert.deepEqual(await second.read.audit.page({ offset: 0, limit: 9 }), [anEntry()]);
    await changed(second, async (change) => change.touchHosts(), 2);
    assert.equal(await second.read.meta.generation(), 2);
  });
};
