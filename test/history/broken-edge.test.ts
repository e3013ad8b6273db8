import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import { aFolder } from '../support/temporary.ts';
import type { EdgeFault } from './broken-edge.ts';
import { check, report, type Fault } from './check.ts';
import { recordEdge } from './run.ts';

const FOUND: Readonly<Record<EdgeFault, Fault['name']>> = {
  stale_now_and_then: 'stale',
  swaps_late: 'stale',
  serves_at_zero: 'zero_share',
  forgets_work: 'work_lost',
  does_not_drain: 'cut',
};

for (const [fault, name] of Object.entries(FOUND) as [EdgeFault, Fault['name']][]) {
  test(`[H-3] an edge that is broken on purpose (${fault}) does not pass: ${name} is found`, async (t) => {
    const { history } = await recordEdge({ deployments: 10, streamMs: 2_000, path: join(await aFolder(t), 'run.jsonl') }, fault);
    const verdict = check(history);
    assert.ok(
      verdict.faults.some((found) => found.name === name),
      report(verdict),
    );
    // It is broken in one thing: what is found is not that nothing works.
    assert.ok(verdict.faults.length < verdict.requests, report(verdict));
    if (fault !== 'does_not_drain') assert.ok(!verdict.faults.some((found) => found.name === 'failed'), report(verdict));
  });
}
