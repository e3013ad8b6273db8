import assert from 'node:assert/strict';
import test from 'node:test';
import { ControlClient } from './control-client.ts';
import { FakeControl } from './fake-control.ts';
import { FeedClient } from './feed-client.ts';
import { linesOf } from './lines.ts';
import { RoutingState } from './routing-state.ts';
import { aLog, aTable, aWorker, until } from './testing.ts';

const following = (control: FakeControl, of: { feedSilenceMs?: number; edgeToken?: string } = {}) => {
  const state = new RoutingState();
  const warmed: string[] = [];
  const tables: (number | undefined)[] = [];
  const log = aLog();
  const client = new ControlClient({ controlUrl: control.url, edgeToken: control.token, edge: 'e1', ...of });
  const feed = new FeedClient({
    control: client,
    state,
    log,
    onTable: () => tables.push(state.generation),
    onWarm: (versionIds) => void warmed.push(...versionIds),
  });
  feed.start();
  const close = async (): Promise<void> => {
    await feed.close();
    await client.close();
  };
  return { state, feed, log, warmed, tables, [Symbol.asyncDispose]: close };
};

test('[E-56] the edge takes the full table first and every change after it', async () => {
  await using control = await FakeControl.open(aTable([aWorker('a')], {}, 3));
  await using edge = following(control);
  await edge.feed.firstTable;
  assert.equal(edge.state.generation, 3);
  control.say({ type: 'ping' });
  control.say({ type: 'change', change: { generation: 4, previous: 3, workers: [aWorker('b')] } });
  control.say({ type: 'change', change: { generation: 9, previous: 4, deletedWorkers: ['a'] } });
  control.say({ type: 'warm', versionIds: ['v'] });
  await until(() => edge.warmed.length === 1, 'all was read');
  assert.deepEqual(edge.tables, [3, 4, 9]);
  assert.deepEqual([...(edge.state.index?.workers.keys() ?? [])], ['b']);
  assert.equal(edge.feed.isConnected, true);
});

test('[E-57] a change that does not follow on makes the edge ask for the full table again', async () => {
  await using control = await FakeControl.open(aTable([], {}, 3));
  await using edge = following(control);
  await edge.feed.firstTable;
  control.table = aTable([aWorker('new')], {}, 7);
  control.say({ type: 'change', change: { generation: 7, previous: 6, workers: [aWorker('new')] } });
  await until(() => edge.state.generation === 7, 'it has generation 7');
  assert.ok(edge.state.index?.workers.has('new'));
});

test('[E-58] an older table is refused, and the edge serves on from what it has until a newer one comes', async () => {
  await using control = await FakeControl.open(aTable([aWorker('a')], {}, 8));
  await using edge = following(control);
  await edge.feed.firstTable;
  control.table = aTable([], {}, 2);
  await control.go();
  await control.comeBack();
  await until(() => edge.log.lines.some(({ facts }) => JSON.stringify(facts).includes('older than 8')), 'the older one is refused');
  assert.deepEqual([edge.state.generation, edge.state.index?.workers.size], [8, 1]);
  control.table = aTable([], {}, 9);
  await until(() => edge.state.generation === 9, 'the newer one came');
});

test('[E-59] the edge comes back after the control plane was gone, was silent, or spoke nonsense', async () => {
  await using control = await FakeControl.open(aTable([], {}, 1));
  await using edge = following(control, { feedSilenceMs: 300 });
  await edge.feed.firstTable;
  await control.go();
  await until(() => !edge.feed.isConnected, 'it noticed');
  control.table = aTable([], {}, 2);
  await control.comeBack();
  await until(() => edge.state.generation === 2, 'it came back');
  const connections = (): number => control.asked.filter((asked) => asked.endsWith('/feed')).length;
  const before = connections();
  await until(() => connections() > before, 'silence is taken for death');
  await until(() => control.feeds.length > 0 && edge.feed.isConnected, 'it is connected');
  const after = connections();
  control.feeds.at(-1)?.write('{"type":\n');
  await until(() => connections() > after, 'nonsense ends a connection');
});

test('[E-60] a wrong token is told in the log and brings no table', async () => {
  await using control = await FakeControl.open(aTable([], {}, 1));
  await using edge = following(control, { edgeToken: 'wrong' });
  await until(() => edge.log.lines.some(({ facts }) => JSON.stringify(facts).includes('401')), 'it is told');
  assert.equal(edge.state.generation, undefined);
});

async function* pieces(...texts: string[]): AsyncGenerator<Uint8Array, void, undefined> {
  for (const text of texts) yield Buffer.from(text, 'latin1');
}

const collected = async (mostBytes: number, ...texts: string[]): Promise<string[]> => {
  const lines: string[] = [];
  for await (const line of linesOf(pieces(...texts), mostBytes)) lines.push(line);
  return lines;
};

test('[E-66] lines are whole however the bytes are cut, and have a bound', async () => {
  const euro = Buffer.from('€').toString('latin1');
  assert.deepEqual(await collected(100, 'a\nb', 'c\n', '\n', `${euro.slice(0, 1)}`, `${euro.slice(1)}\nrest`), ['a', 'bc', '', '€']);
  await assert.rejects(collected(3, 'abcd'), /longer than 3 bytes/);
});
