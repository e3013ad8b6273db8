/**
 * A Worker that is deployed again and again under load. `HISTORY_FILE=run.jsonl` keeps what was recorded; `HISTORY_DEPLOYMENTS` and
 * `HISTORY_STREAM_SECONDS` make it longer or shorter.
 */
import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { aFolder } from '../support/temporary.ts';
import { check, report } from './check.ts';
import { readHistory } from './history.ts';
import { recordEdge, recordServer } from './run.ts';

const DEPLOYMENTS = Number(process.env['HISTORY_DEPLOYMENTS'] ?? 100);
const STREAM_MS = Number(process.env['HISTORY_STREAM_SECONDS'] ?? 30) * 1000;

const KINDS = ['explained', 'keyed', 'long stream', 'override', 'plain', 'quiet stream', 'stream', 'upload', 'websocket', 'work'];

test('[H-1] [H-2] over a hundred deployments under load each answer is of the one version its deployment gave it, and nothing is cut or lost though versions are drained', async (t) => {
  const path = join(await aFolder(t), 'run.jsonl');
  const { history, versions, runtimes } = await recordEdge({ deployments: DEPLOYMENTS, streamMs: STREAM_MS, path });
  const keptAt = process.env['HISTORY_FILE'];
  if (keptAt !== undefined) copyFileSync(path, keptAt);
  const verdict = check(history);
  assert.deepEqual(verdict.faults, [], report(verdict));
  t.diagnostic(`${report(verdict)}; ${versions} versions, ${runtimes} of them still running`);
  assert.deepEqual(check(await readHistory(path)), verdict);
  // What it proves is worth something only where all of this happened.
  assert.equal(verdict.deployments, DEPLOYMENTS + 1);
  assert.deepEqual([...new Set(history.requests.map(({ kind }) => kind))].toSorted(), KINDS);
  assert.ok(verdict.concurrent > DEPLOYMENTS && verdict.outlived > 0, report(verdict));
  assert.ok(runtimes < versions, 'some version was drained');
});

test('[H-1] [H-2] the server as a person starts it passes the same', async (t) => {
  const { history } = await recordServer({ deployments: 20, streamMs: 5_000, path: join(await aFolder(t), 'run.jsonl') });
  const verdict = check(history);
  assert.deepEqual(verdict.faults, [], report(verdict));
  assert.equal(verdict.deployments, 21);
  assert.ok(verdict.concurrent > 20 && verdict.outlived > 0, report(verdict));
});
