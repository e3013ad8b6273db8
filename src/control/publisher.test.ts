import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import test, { type TestContext } from 'node:test';
import fc from 'fast-check';
import { accepted, ADA, aControlPlane, aScriptUpload, aVersionUpload, uploaded } from '../../test/support/control-plane.ts';
import { until } from '../../test/support/until.ts';
import { tableAfter, type FeedMessage, type RoutingTable } from '../domain/index.ts';
import type { WorkerSettings } from '../store/index.ts';
import {
  addZone,
  changeWorker,
  deleteVersion,
  deleteWorker,
  Publisher,
  type EdgeFeed,
  putDomains,
  replaceRoutes,
  replaceSchedules,
  setSubdomain,
  type Control,
} from './index.ts';

const aPublisher = async (t: TestContext) => {
  const plane = await aControlPlane(t);
  const { control } = plane;
  const logged: string[] = [];
  const log = (event: string): void => void logged.push(event);
  const publisher = new Publisher({ store: control.store, feed: control.feed, baseDomain: 'localhost', log });
  t.after(() => publisher.close());
  return { plane, control, publisher, logged };
};

/** An edge that follows the feed as the real one does, and minds every gap and every repetition. */
class Edge {
  readonly messages: FeedMessage[] = [];
  table: RoutingTable | undefined;
  readonly #feed: EdgeFeed;
  #changed = (): void => {};

  constructor(feed: EdgeFeed) {
    this.#feed = feed;
  }

  /** Joins under this name; versions it is to make ready are ready at once. */
  join(publisher: Publisher, name: string): Promise<() => void> {
    return publisher.join(name, (message) => {
      if (message.type !== 'warm') return this.#take(message);
      const processes = message.versionIds.map((versionId) => ({ versionId, script: '', state: 'ready' as const, restarts: 0 }));
      this.#feed.report({ edge: name, generation: this.table?.generation ?? 0, url: '', processes });
    });
  }

  #take(message: FeedMessage): void {
    this.messages.push(message);
    if (message.type === 'table') this.table = message.table;
    if (message.type === 'change') {
      const next = this.table && tableAfter(this.table, message.change);
      assert.ok(next, `generation ${message.change.generation} does not follow on from ${this.table?.generation}`);
      this.table = next;
    }
    this.#changed();
  }

  async reaches(generation: number): Promise<RoutingTable> {
    while (this.table === undefined || this.table.generation < generation) await new Promise<void>((resolve) => (this.#changed = resolve));
    return this.table;
  }
}

const sorted = (table: RoutingTable): RoutingTable => ({ ...table, workers: table.workers.toSorted((a, b) => (a.name < b.name ? -1 : 1)) });

/** The table as an edge that joins now gets it. */
const tableNow = async (control: Control, publisher: Publisher): Promise<RoutingTable> => {
  const edge = new Edge(control.feed);
  (await edge.join(publisher, 'looking'))();
  return sorted(edge.table!);
};

const changeOf = (edge: Edge) => {
  const message = edge.messages.at(-1);
  assert.equal(message?.type, 'change');
  return message.change;
};

test('[D-12] an edge that joins gets the whole table, then each change with only what it changed', async (t) => {
  const { control, publisher } = await aPublisher(t);
  const first = await uploaded(control, aScriptUpload(control, 'hello'));
  await uploaded(control, aScriptUpload(control, 'other'));
  const edge = new Edge(control.feed);
  await edge.join(publisher, 'a');
  assert.deepEqual(
    sorted(edge.table!).workers.map(({ name }) => name),
    ['hello', 'other'],
  );
  assert.deepEqual(edge.table?.hosts.domains, ['localhost', 'workers.dev']);
  const { generation } = edge.table!;
  const second = await uploaded(control, aScriptUpload(control, 'hello'));
  await edge.reaches(generation + 1);
  assert.deepEqual(changeOf(edge), {
    generation: generation + 1,
    previous: generation,
    workers: [
      {
        name: 'hello',
        deployment: { id: second.deployment?.id, split: [{ versionId: second.version.id, share: 100_000 }] },
        workersDev: false,
        previews: false,
        previewVersions: [],
        aliases: {},
      },
    ],
  });
  accepted(await deleteWorker(control, ADA, 'hello'));
  await edge.reaches(generation + 2);
  assert.deepEqual(changeOf(edge).deletedWorkers, ['hello']);
  assert.notEqual(first.version.id, second.version.id);
});

test('versions and aliases have addresses of their own in the table while previews are on', async (t) => {
  const { control, publisher } = await aPublisher(t);
  const first = await uploaded(control, aScriptUpload(control, 'hello'));
  accepted(await changeWorker(control, ADA, 'hello', { workersDev: true, previews: true }, 'subdomain.post'));
  const second = await uploaded(control, aVersionUpload(control, 'hello', { annotations: { alias: 'staging' } }));
  const entry = async () => (await tableNow(control, publisher)).workers[0];
  const shown = await entry();
  assert.deepEqual([shown?.previewVersions, shown?.aliases], [[second.version.id, first.version.id], { staging: second.version.id }]);
  accepted(await deleteVersion(control, ADA, 'hello', second.version.id));
  assert.deepEqual([(await entry())?.previewVersions, (await entry())?.aliases], [[first.version.id], {}]);
  accepted(await changeWorker(control, ADA, 'hello', { previews: false }, 'subdomain.post'));
  assert.deepEqual((await entry())?.previewVersions, []);
});

test('[OB-2] what is kept of a Worker reaches the edges when its settings change, without a version; what changes nothing of it is no generation', async (t) => {
  const { control, publisher } = await aPublisher(t);
  await uploaded(control, aScriptUpload(control, 'hello'));
  const edge = new Edge(control.feed);
  await edge.join(publisher, 'a');
  const set = async (settings: WorkerSettings) =>
    accepted(await changeWorker(control, ADA, 'hello', { settings }, 'script_settings.patch'));
  const { generation } = edge.table!;
  assert.equal(edge.table?.workers[0]?.collects, undefined);
  await set({ observability: { enabled: true, head_sampling_rate: 0.5 } });
  const kept = { isKept: true, sampleRate: 0.5, logpush: false };
  assert.deepEqual((await edge.reaches(generation + 1)).workers[0]?.collects, kept);
  await set({ observability: { enabled: true, head_sampling_rate: 0.5, logs: { invocation_logs: false } }, tags: ['a'] });
  await set({ logpush: true });
  assert.deepEqual((await edge.reaches(generation + 2)).workers[0]?.collects, { ...kept, logpush: true });
  await uploaded(control, aScriptUpload(control, 'hello', { settings: { observability: { enabled: false } } }));
  await uploaded(control, aScriptUpload(control, 'hello', { settings: { logpush: false } }));
  const { workers } = await edge.reaches(generation + 4);
  assert.equal(workers[0]?.collects, undefined);
  assert.deepEqual((await tableNow(control, publisher)).workers, workers);
});

test('routes, custom domains and the subdomain are the table’s hosts', async (t) => {
  const { control, publisher } = await aPublisher(t);
  await uploaded(control, aScriptUpload(control, 'hello'));
  const edge = new Edge(control.feed);
  await edge.join(publisher, 'a');
  const { generation } = edge.table!;
  accepted(await addZone(control, ADA, 'example.com'));
  accepted(await replaceRoutes(control, ADA, 'hello', [{ pattern: 'example.com/*' }]));
  accepted(await putDomains(control, ADA, 'hello', [{ hostname: 'app.example.com' }], { override: false, replaceAll: true }));
  accepted(await setSubdomain(control, ADA, 'team'));
  const { hosts } = await edge.reaches(generation + 3);
  assert.deepEqual(hosts, {
    domains: ['localhost', 'workers.dev'],
    subdomain: 'team',
    routes: [{ pattern: 'example.com/*', script: 'hello' }],
    customDomains: [{ hostname: 'app.example.com', script: 'hello', enabled: true, previews: false }],
  });
});

test('an edge that has left gets nothing more', async (t) => {
  const { control, publisher } = await aPublisher(t);
  const [leaver, stayer] = [new Edge(control.feed), new Edge(control.feed)];
  const leave = await leaver.join(publisher, 'leaver');
  await stayer.join(publisher, 'stayer');
  leave();
  const before = leaver.messages.length;
  await uploaded(control, aScriptUpload(control, 'hello'));
  await stayer.reaches(1);
  assert.equal(leaver.messages.length, before);
});

/** Takes a table away, and answers how to give it back: what reads it fails as it does where a page of the file is lost. */
const takeAway = (folder: string, table: string): (() => void) => {
  const alter = (from: string, to: string): void => {
    using database = new DatabaseSync(join(folder, 'switchback.db'));
    database.exec(`PRAGMA legacy_alter_table = ON; ALTER TABLE ${from} RENAME TO ${to}`);
  };
  alter(table, 'away');
  return () => alter('away', table);
};

test('[D-14] a change that cannot be read for the edges is told, read again until it can, and followed by those after it', async (t) => {
  const { plane, control, publisher, logged } = await aPublisher(t);
  await uploaded(control, aScriptUpload(control, 'hello'));
  const edge = new Edge(control.feed);
  await edge.join(publisher, 'a');
  const { generation } = edge.table!;
  const giveBack: (() => void)[] = [];
  const leave = control.store.onCommit(() => void giveBack.push(takeAway(plane.folder, 'domains')));
  accepted(await setSubdomain(control, ADA, 'team'));
  leave();
  await until('it is told', () => publisher.behind);
  assert.match(publisher.behind ?? '', /^Generation 2 is stored and could not be read for the edges: .*no such table: domains/);
  accepted(await changeWorker(control, ADA, 'hello', { workersDev: true }, 'subdomain.post'));
  await until('it is tried again', () => logged.length > 2);
  assert.equal(edge.table?.generation, generation, 'the edge serves on from the table it has');
  for (const give of giveBack) give();
  const table = await edge.reaches(generation + 2);
  assert.deepEqual([table.hosts.subdomain, table.workers[0]?.workersDev], ['team', true]);
  await until('it is over', () => publisher.behind === undefined);
});

/** Something that touches the table, by a small number. */
const touch = async (control: Control, kind: number): Promise<void> => {
  const name = `worker-${kind % 3}`;
  if (kind < 6) await uploaded(control, aScriptUpload(control, name, { code: `export default ${kind}` }));
  else if (kind < 8) await deleteWorker(control, ADA, name);
  else if (kind === 8) await setSubdomain(control, ADA, `team-${kind}`);
  else await changeWorker(control, ADA, name, { previews: kind === 9, workersDev: true }, 'subdomain.post');
};

test('[D-12] wherever edges join among changes made at once, each gets every later change in order, without gap or repetition', async (t) => {
  const step = fc.oneof({ weight: 4, arbitrary: fc.nat(10) }, { weight: 1, arbitrary: fc.constant('join' as const) });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 14 }), async (steps) => {
      const { control, publisher } = await aPublisher(t);
      const edges: Edge[] = [];
      const work = steps.map(async (kind, at) => {
        if (kind !== 'join') return touch(control, kind);
        const edge = new Edge(control.feed);
        edges.push(edge);
        await edge.join(publisher, `edge ${at}`);
      });
      await Promise.all(work);
      const generation = await control.store.read.meta.generation();
      const whole = await tableNow(control, publisher);
      assert.equal(whole.generation, generation);
      for (const edge of edges) {
        assert.deepEqual(sorted(await edge.reaches(generation)), whole);
        const generations = edge.messages.flatMap((message) => (message.type === 'change' ? [message.change.generation] : []));
        assert.deepEqual(
          generations,
          generations.toSorted((a, b) => a - b),
        );
        assert.equal(new Set(generations).size, generations.length);
      }
    }),
    { numRuns: 15 },
  );
});

test('[T-3] crons go to the edges with their Worker, and leave with it', async (t) => {
  const { control, publisher } = await aPublisher(t);
  const edge = new Edge(control.feed);
  await edge.join(publisher, 'a');
  await uploaded(control, aScriptUpload(control, 'hello'));
  accepted(await replaceSchedules(control, ADA, 'hello', ['*/5 * * * *', '0 0 * * sun']));
  await edge.reaches(2);
  assert.deepEqual(edge.table?.workers[0]?.crons, ['*/5 * * * *', '0 0 * * sun']);
  accepted(await replaceSchedules(control, ADA, 'hello', []));
  await edge.reaches(3);
  assert.equal(edge.table?.workers[0]?.crons, undefined);
});
