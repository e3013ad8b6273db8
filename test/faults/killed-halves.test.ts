/** The control plane and the edge, killed while visitors come: 200 requests a second on kept connections. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { type Halves, holdDown, killHalf, startHalves } from '../support/halves.ts';
import { type Answered, Load } from '../support/load.ts';
import { isAlive } from '../support/processes.ts';
import { until } from '../support/until.ts';
import { aWorker, saying } from '../support/worker-form.ts';

const PER_SECOND = 200;
/** What the edge promises to serve again within, with its control plane gone. */
const SERVES_WITHIN_MS = 2_000;
/** What the edge promises to accept again within. */
const ACCEPTS_WITHIN_MS = 1_000;

/** A Worker that answers at its name, and visitors who come to it. */
const visited = async ({ control, edge }: Halves): Promise<Load> => {
  await control.api('PUT', 'workers/scripts/hello', aWorker());
  await control.api('POST', 'workers/scripts/hello/subdomain', { enabled: true, previews_enabled: false });
  return new Load({ url: edge.edgeUrl, host: control.host('hello'), perSecond: PER_SECOND });
};

const answered = (load: Load, more: number): Promise<true> => {
  const before = load.answers.length;
  return until(`${more} more answers`, () => load.answers.length >= before + more);
};

/** The first request of those that began after a moment to be answered. */
const answeredSince = (load: Load, since: number): Promise<Answered> =>
  until('the edge to serve again', () => load.answers.find(({ began, status }) => began > since && status === 200));

test('[C-5] a control plane killed under load costs no request, and an edge that starts meanwhile serves its last good table within 2 s', async (t) => {
  await using halves = await startHalves();
  const { control, edge } = halves;
  await using load = await visited(halves);
  await answered(load, PER_SECOND);
  {
    using _down = holdDown(control, 'control');
    await answered(load, 2 * PER_SECOND);
    assert.deepEqual(Object.keys(load.tally()), ['hello'], 'nobody noticed that the control plane is gone');
    const killedAt = performance.now();
    killHalf(edge, 'edge');
    const tookMs = (await answeredSince(load, killedAt)).ended - killedAt;
    t.diagnostic(`killed, an edge without its control plane answered again after ${Math.round(tookMs)} ms`);
    assert.ok(tookMs < SERVES_WITHIN_MS, `it took ${tookMs} ms`);
    await answered(load, PER_SECOND);
    assert.equal(load.answers.at(-1)?.text, 'hello');
  }
  await until('the control plane to come back', () => control.output.includes('The control process is ready again.'));
  await control.api('PUT', 'workers/scripts/hello', aWorker({ code: saying('after') }));
  await until('the edge to follow it again', () => load.answers.at(-1)?.text === 'after');
});

test('[C-6] an edge killed under load fails what is in flight, accepts again within 1 s, and ends the processes that the killed one left', async (t) => {
  await using halves = await startHalves();
  const { edge } = halves;
  await using load = await visited(halves);
  await answered(load, PER_SECOND);
  assert.deepEqual(Object.keys(load.tally()), ['hello']);
  const orphans = edge.runtimes();
  assert.equal(orphans.length, 1);
  const killedAt = performance.now();
  killHalf(edge, 'edge');
  const first = await answeredSince(load, killedAt);
  const accepted = Math.min(...load.answers.filter(({ began, status }) => began > killedAt && status === 200).map(({ began }) => began));
  t.diagnostic(
    `killed, an edge accepted again after ${Math.round(accepted - killedAt)} ms and answered after ${Math.round(first.ended - killedAt)} ms`,
  );
  assert.ok(accepted - killedAt < ACCEPTS_WITHIN_MS, `it took ${accepted - killedAt} ms`);
  assert.ok(!orphans.some(isAlive), 'the processes of the killed edge have ended');
  await answered(load, PER_SECOND);
  const failures = load.answers.filter(({ status }) => status !== 200);
  assert.ok(
    failures.every(({ status, ended }) => status === 0 && ended > killedAt && ended < accepted + 100),
    JSON.stringify(load.tally()),
  );
});

test('[C-7] what was deployed while an edge was down is what its first answer comes from', async () => {
  await using halves = await startHalves();
  const { control, edge } = halves;
  await using load = await visited(halves);
  await answered(load, PER_SECOND);
  {
    using _down = holdDown(edge, 'edge');
    await until('the edge to be gone', () => load.answers.at(-1)?.text === 'ECONNREFUSED');
    await control.api('PUT', 'workers/scripts/hello', aWorker({ code: saying('deployed meanwhile') }));
  }
  const deployedAt = performance.now();
  assert.equal((await answeredSince(load, deployedAt)).text, 'deployed meanwhile');
  await answered(load, PER_SECOND);
  assert.deepEqual(
    Object.keys(load.tally(deployedAt)).filter((text) => !text.startsWith('0 ')),
    ['deployed meanwhile'],
  );
});
