import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { LOGPUSH_FIELD_NAMES } from './fields.ts';
import { planLogpush, USUAL_LOGPUSH } from './job.ts';
import { readLogpullOptions, readOutputOptions, USUAL_OUTPUT } from './options.ts';

test('[LP-1] logpull_options and output_options say the same: fields in the order asked for, share, and what is defused', () => {
  fc.assert(
    fc.property(
      fc.shuffledSubarray([...LOGPUSH_FIELD_NAMES], { minLength: 1 }),
      fc.integer({ min: 1, max: 1000 }),
      fc.boolean(),
      (fields, perMille, isDefused) => {
        const rate = perMille / 1000;
        const old = readLogpullOptions(`fields=${fields.join(',')}&sample=${rate}&timestamps=rfc3339&CVE-2021-44228=${isDefused}`);
        const today = readOutputOptions({
          field_names: fields,
          sample_rate: rate,
          timestamp_format: 'rfc3339',
          'CVE-2021-44228': isDefused,
        });
        assert.deepEqual(old, { ok: true, value: { ...USUAL_OUTPUT, fields, sampleRate: rate, isDefused } });
        assert.deepEqual(today, old);
      },
    ),
  );
});

test('[LP-1] the whole address of a call does, too; nothing said is every field', () => {
  const address = 'https://api.cloudflare.com/client/v4/zones/x/logs/received?start=2018-01-01&end=2018-01-02&fields=Event,Outcome';
  const read = readLogpullOptions(address);
  assert.deepEqual(read.ok && read.value.fields, ['Event', 'Outcome']);
  assert.deepEqual(readLogpullOptions(''), { ok: true, value: USUAL_OUTPUT });
  assert.deepEqual(readOutputOptions({ record_template: null, merge_subrequests: false }), { ok: true, value: USUAL_OUTPUT });
});

test('[LP-1] what stands around records and batches is as it was asked for', () => {
  const around = {
    record_prefix: '\n {"info":{',
    record_suffix: '}}',
    record_delimiter: ',',
    batch_prefix: '{"events":[',
    batch_suffix: '\n]}',
  };
  const read = readOutputOptions(around);
  assert.ok(read.ok);
  const { recordPrefix, recordSuffix, recordDelimiter, batchPrefix, batchSuffix } = read.value;
  assert.deepEqual([recordPrefix, recordSuffix, recordDelimiter, batchPrefix, batchSuffix], Object.values(around));
});

const malformed: readonly (readonly [what: string, settings: Partial<typeof USUAL_LOGPUSH>, faults: readonly RegExp[]])[] = [
  ['an unknown field', { logpullOptions: 'fields=ClientIP,Event' }, [/^logpull_options: fields names "ClientIP", which is no field/]],
  ['no field', { logpullOptions: 'fields=' }, [/names no field/]],
  ['a share of 0', { logpullOptions: 'sample=0' }, [/sample must be a number greater than 0/]],
  ['a share above 1', { outputOptions: { sample_rate: 1.1 } }, [/sample_rate must be/]],
  [
    'options without end',
    { outputOptions: { field_names: Array.from({ length: 2_000 }, () => 'Outcome') } },
    [/output_options has more than 16384/],
  ],
  ['an unknown format of times', { outputOptions: { timestamp_format: 'iso' } }, [/timestamp_format must be one of unixnano/]],
  ['an unknown option', { logpullOptions: 'fields=Event&sampel=1' }, [/"sampel" is none of its options/]],
  ['CSV', { outputOptions: { output_type: 'csv' } }, [/output_type "csv" is not supported/]],
  ['a template', { outputOptions: { record_template: '{{.Event}}' } }, [/record_template is not supported/]],
  ['subrequests', { outputOptions: { merge_subrequests: true } }, [/merge_subrequests is not supported/]],
  ['another delimiter of fields', { outputOptions: { field_delimiter: ';' } }, [/field_delimiter ";" is not supported/]],
  ['an unknown member', { outputOptions: { fields: ['Event'] } }, [/"fields" is none of its members/]],
  ['a list that is none', { outputOptions: { field_names: 'Event' } }, [/field_names must be a list/]],
  [
    'several at once',
    { filter: '{', maxUploadBytes: 1, maxUploadIntervalSeconds: 29, maxUploadRecords: 1.5, name: 'a\nb' },
    [
      /^filter: it is no JSON/,
      /name holds/,
      /max_upload_bytes must be .* 5000000/,
      /max_upload_interval_seconds .* 30 to 300/,
      /max_upload_records/,
    ],
  ],
];

for (const [what, settings, faults] of malformed) {
  test(`[LP-1] malformed: ${what} is named`, () => {
    const plan = planLogpush({ ...USUAL_LOGPUSH, ...settings });
    assert.ok(!plan.ok && plan.refusal.code === 'logpush_invalid');
    assert.equal(plan.refusal.faults.length, faults.length, plan.refusal.faults.join('; '));
    for (const [index, fault] of faults.entries()) assert.match(plan.refusal.faults[index] ?? '', fault);
  });
}

const limits = (settings: Partial<typeof USUAL_LOGPUSH>) => {
  const plan = planLogpush({ ...USUAL_LOGPUSH, ...settings });
  return plan.ok ? plan.value.limits : undefined;
};

test('[LP-1] batches are limited as at Cloudflare; 0 is no limit of the job', () => {
  assert.deepEqual(limits({}), { bytes: 100_000_000, seconds: 30, records: 100_000 });
  assert.deepEqual(limits({ frequency: 'low', maxUploadRecords: 0 }), { bytes: 100_000_000, seconds: 300, records: 100_000 });
  assert.deepEqual(limits({ maxUploadBytes: 5_000_000, maxUploadIntervalSeconds: 300, maxUploadRecords: 1000 }), {
    bytes: 5_000_000,
    seconds: 300,
    records: 1000,
  });
});
