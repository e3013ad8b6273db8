import assert from 'node:assert/strict';
import test from 'node:test';
import { bodyOf, changesIn, draftOf, faultIn } from './draft.ts';
import type { Job } from './logpush.tsx';

const aJob = (more: Partial<Job>): Job => ({
  id: 7,
  name: 'to-disk',
  dataset: 'workers_trace_events',
  enabled: true,
  destination_conf: 'https://logs.example/in?header_Authorization=REDACTED',
  logpull_options: null,
  output_options: null,
  filter: null,
  last_complete: null,
  last_error: null,
  error_message: null,
  frequency: null,
  kind: '',
  max_upload_bytes: null,
  max_upload_interval_seconds: null,
  max_upload_records: null,
  spool: null,
  ...more,
});

test('a new job has all fields of all invocations', () => {
  const draft = draftOf(undefined, ['Event', 'Outcome']);
  assert.deepEqual([draft.fields, draft.sample, draft.timestampFormat], [['Event', 'Outcome'], '100', 'rfc3339']);
  assert.equal(faultIn(draft), 'It needs a destination.');
});

test('a job that was made the old way is shown as it is', () => {
  const draft = draftOf(aJob({ logpull_options: 'fields=Event,Logs&timestamps=unix&sample=0.25' }), ['Event', 'Outcome', 'Logs']);
  assert.deepEqual([draft.fields, draft.timestampFormat, draft.sample], [['Event', 'Logs'], 'unix', '25']);
});

test('what a form does not show of a job stays', () => {
  const job = aJob({ output_options: { field_names: ['Event'], batch_prefix: 'x', sample_rate: 0.5 }, filter: '{}' });
  const { name, filter, output_options: options } = bodyOf({ ...draftOf(job, []), name: ' ', filter: ' ', sample: '10' }, job);
  assert.deepEqual([name, filter], [null, null]);
  assert.deepEqual(options, { field_names: ['Event'], batch_prefix: 'x', sample_rate: 0.1, timestamp_format: 'rfc3339' });
});

test('of a job that is there only what was typed is sent', () => {
  const job = aJob({ output_options: { field_names: ['Event'], batch_prefix: 'x' } });
  const sent = (typed: Parameters<typeof changesIn>[0]) => changesIn(typed, { ...draftOf(job, []), ...typed }, job);
  assert.deepEqual(sent({}), {});
  assert.deepEqual(sent({ name: 'other' }), { name: 'other' });
  assert.deepEqual(sent({ filter: '' }), { filter: null });
  assert.deepEqual(Object.keys(sent({ sample: '50' })), ['output_options']);
});

test('a share is above nothing and no more than all', () => {
  const faults = ['0', '-1', '101', 'some', '', '0.1', '100'].map((sample) => faultIn({ ...draftOf(aJob({}), ['Event']), sample }));
  assert.deepEqual(
    faults.map((fault) => fault === undefined),
    [false, false, false, false, false, true, true],
  );
  assert.equal(faultIn({ ...draftOf(aJob({}), []), fields: [] }), 'It needs a field.');
});
