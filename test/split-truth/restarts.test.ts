/** The ramp of a rollout as visitors with keys see it, through an edge that is killed at every step of it. */
import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { startServer } from '../support/server.ts';
import { until } from '../support/until.ts';
import { aWorker, saying } from '../support/worker-form.ts';

const server = await startServer();
after(() => server[Symbol.asyncDispose]());

/** The launcher waits up to 10 s before it restarts what dies so often; thirty steps, some minutes: SWITCHBACK_RAMP_STEPS=30 npm test -- split-truth */
const STEPS = Number(process.env['SWITCHBACK_RAMP_STEPS'] ?? 3);
const KEYS = Array.from({ length: 200 }, (_, at) => `visitor-${at}`);

const upload = async (path: string, method: string, code: string): Promise<string> =>
  ((await server.api(method, `workers/scripts/hello${path}`, aWorker({ code: saying(code) }))) as { id: string }).id;

const answerFor = async (key: string): Promise<string> => {
  const { status, text } = await server.visit('hello', '/', { 'cloudflare-workers-version-key': key });
  assert.equal(status, 200, text);
  return text;
};

/** Kills the edge and waits for the next one. Without its control plane that one has nothing but the table it finds on disk. */
const restartEdge = async (isAlone: boolean): Promise<void> => {
  const control = server.half('control') ?? assert.fail('no control plane runs');
  const killed = server.half('edge') ?? assert.fail('no edge runs');
  if (isAlone) process.kill(control, 'SIGSTOP');
  try {
    process.kill(killed, 'SIGKILL');
    await until('another edge to answer', async () => {
      const answer = await server.visit('hello').catch(() => undefined);
      return answer?.status === 200 && ![undefined, killed].includes(server.half('edge'));
    });
  } finally {
    if (isAlone) process.kill(control, 'SIGCONT');
  }
};

test('[P-7] through edges that are killed and started again at every step of a ramp, no visitor ever leaves the growing version', async () => {
  await upload('', 'PUT', 'old');
  await server.api('POST', 'workers/scripts/hello/subdomain', { enabled: true });
  const { items } = (await server.api('GET', 'workers/scripts/hello/versions')) as { items: { id: string }[] };
  const old = items[0]?.id ?? assert.fail('nothing was uploaded');
  const growing = await upload('/versions', 'POST', 'new');
  const moved = new Set<string>();
  for (let step = 0; step <= STEPS; step += 1) {
    const percentage = Math.round((100_000 * step) / STEPS) / 1000;
    const versions = [
      { version_id: growing, percentage },
      { version_id: old, percentage: 100 - percentage },
    ];
    await server.api('POST', 'workers/scripts/hello/deployments', {
      strategy: 'percentage',
      versions: step % 2 === 0 ? versions : versions.toReversed(),
    });
    const before = new Map(await Promise.all(KEYS.map(async (key) => [key, await answerFor(key)] as const)));
    await restartEdge(step === 1);
    for (const key of KEYS) {
      const answer = await answerFor(key);
      assert.equal(answer, before.get(key), `${key} moved at the restart at ${percentage} %`);
      if (answer === 'new') moved.add(key);
      else assert.ok(!moved.has(key), `${key} left at ${percentage} %`);
    }
    if (step === 0) assert.equal(moved.size, 0);
  }
  assert.equal(moved.size, KEYS.length);
});
