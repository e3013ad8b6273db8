import assert from 'node:assert/strict';
import test from 'node:test';
import { WHOLE } from '../../domain/index.ts';
import { latestLooksView, toldHistory } from './history.ts';

test('[OV-12] of a long history the looks of the versions that were deployed last are told, also where they were deployed often', () => {
  const ids = ['v4', 'v4', 'v3', 'v2', 'v3', 'v1'];
  const deployments = ids.map((versionId, at) => ({
    id: `deployment-${at}`,
    scriptTag: 'tag',
    number: ids.length - at,
    createdOn: new Date(Date.UTC(2026, 0, 1, ids.length - at)).toISOString(),
    source: 'wrangler' as const,
    author: { id: 'ada', email: 'ada@example.com' },
    triggeredBy: 'deployment',
    message: undefined,
    split: [{ versionId, share: WHOLE }],
    rollbackFrom: undefined,
  }));
  const history = toldHistory({ deployments, numbers: new Map(), versions: new Map(), secrets: new Map() }, Date.UTC(2026, 1));
  assert.deepEqual(latestLooksView(history, 3), { v4: 'stable', v3: 'past', v2: 'back' });
  assert.deepEqual(Object.keys(latestLooksView(history, 500)), ['v4', 'v3', 'v2', 'v1']);
});
