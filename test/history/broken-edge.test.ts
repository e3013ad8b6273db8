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
};

for (const [fault, name] of Object.entries(FOUND) as [EdgeFault, Fault['name']][]) {
  test(`[H-3] an edge that is broken on purpose (${fault}) does not pass: ${name} is found`, async (t) => {
    const { history } = await recordEdge({ deployments: 12, streamMs: 3_000, path: join(await aFolder(t), 'run.jsonl') }, fault);
    const verdict = check(history);
    assert.ok(
      verdict.faults.some((found) => found.name === name),
      report(verdict),
    );
    // It is broken in this one thing: what it is found by is not an edge that answers nothing.
    assert.ok(!verdict.faults.some((found) => found.name === 'failed' || found.name === 'unknown_version'), report(verdict));
  });
}
