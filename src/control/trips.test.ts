import assert from 'node:assert/strict';
import test from 'node:test';
import { aControlPlane } from '../../test/support/control-plane.ts';
import type { EdgeReport, ProcessReport } from '../domain/index.ts';
import { recordTrips } from './trips.ts';

const aReport = (process: Partial<ProcessReport>): EdgeReport => ({
  edge: 'e1',
  generation: 1,
  url: 'http://e1',
  processes: [{ versionId: 'v1', script: 'hello', state: 'backing_off', restarts: 5, ...process }],
});

test('[A-12] a version whose breaker trips on an edge stands in the audit log once for each trip, by the edge', async (t) => {
  const { control } = await aControlPlane(t);
  await recordTrips(control, aReport({}));
  const first = aReport({ brokenOn: '2026-11-01T10:00:00.000Z', reason: 'Its process ended with code 1.' });
  await Promise.all([recordTrips(control, first), recordTrips(control, first)]);
  await recordTrips(control, first);
  await recordTrips(control, aReport({ brokenOn: '2026-11-01T11:00:00.000Z' }));
  const rows = await control.store.read.audit.page({ offset: 0, limit: 10 });
  assert.deepEqual(
    rows.map(({ at, actor, action, target }) => [at, actor.email, action, target]),
    [
      ['2026-11-01T11:00:00.000Z', 'e1', 'version.trip', 'worker/hello'],
      ['2026-11-01T10:00:00.000Z', 'e1', 'version.trip', 'worker/hello'],
    ],
  );
  assert.deepEqual(rows[1]?.detail, { version_id: 'v1', reason: 'Its process ended with code 1.', restarts: 5 });
});
