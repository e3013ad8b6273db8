import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import { VersionProcess } from '../../src/runtime/index.ts';
import { aWorkbench, ask } from '../../src/runtime/workbench.ts';
import { RateLimits } from '../../src/data/index.ts';

/** Puts its own words in place of those that the binding sends. */
const FORGER = `
  const written = JSON.stringify;
  JSON.stringify = (value) => written({ ...value, ...FORGED });
  export default {
    async fetch(request, { LIMITER }) {
      const passed = [];
      for (let each = 0; each < 3; each += 1) passed.push((await LIMITER.limit({ key: 'ada' })).success);
      return Response.json(passed);
    },
  };`;

test('[J-6] a Worker that changes what the binding writes has neither another limit by that nor another period', async (t) => {
  const bench = await aWorkbench(t);
  const dataFolder = join(bench.runtimeDir, 'data');
  await using _counters = await RateLimits.open({ runtimeDir: dataFolder });
  for (const [namespace_id, forged] of [
    ['1', { limit: 100 }],
    ['2', { period: 0.001 }],
    ['3', { period: 1e9, namespace: '1' }],
  ] as const) {
    const spec = await bench.aVersion(
      { 'index.js': FORGER.replace('FORGED', JSON.stringify(forged)) },
      {
        compatibilityDate: '2026-01-01',
        bindings: [{ type: 'ratelimit', name: 'LIMITER', namespace_id, simple: { limit: 2, period: 60 } }],
      },
    );
    await using running = await VersionProcess.start(spec, { ...bench, dataFolder });
    assert.deepEqual(JSON.parse(await ask(running.socketPath)), [true, true, false]);
  }
});
