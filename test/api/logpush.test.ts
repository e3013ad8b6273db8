import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { openObserver } from '../../src/observe/index.ts';
import { aReceiver, type Receiver } from '../../src/observe/logpush/testing.ts';
import { anApi, type TestApi } from '../support/api.ts';
import { golden } from '../support/golden.ts';
import { allOf, sdkFor } from '../support/sdk.ts';
import { until } from '../support/until.ts';

interface Pushing {
  readonly api: TestApi;
  readonly receiver: Receiver;
  /** Starts what observes, as after it was killed. */
  observe(): Promise<AsyncDisposable>;
  /** What is told the log. */
  readonly said: string[];
}

const RULES = { allowPrivate: true, deniedNetworks: [], fileRoot: undefined };

/** An API that may send to this machine, and somebody there who takes what is sent. */
const aPushingApi = async (t: TestContext): Promise<Pushing> => {
  const api = await anApi(t, { destinations: { allowPrivate: true } });
  const { folder } = api.plane;
  const said: string[] = [];
  const observe = async (): Promise<AsyncDisposable> => {
    const observer = await openObserver({
      folder: join(folder, 'observe'),
      dataDir: join(folder, 'observed'),
      modulesDir: join(folder, 'modules'),
      archiveBytes: 10_000_000,
      logpush: { spoolBytes: 1_000_000, rules: RULES },
      log: (detail, sentence) => void said.push(`${sentence} ${JSON.stringify(detail)}`),
    });
    t.after(() => observer[Symbol.asyncDispose]());
    return observer;
  };
  return { api, receiver: await aReceiver(t), observe, said };
};

const auditOf = async (api: TestApi): Promise<string> => (await api.send('GET', '/switchback/v1/audit')).text();

/** A body as in Cloudflare's documentation of gradual deployments. */
const aJob = (destination_conf: string) => ({
  name: 'workers-logpush',
  logpull_options: 'fields=Event,EventTimestampMs,Outcome,Exceptions,Logs,ScriptName,ScriptVersion',
  destination_conf,
  dataset: 'workers_trace_events',
  enabled: true,
});

test('[LP-7] a job is made once its destination took a small file; it is shown, changed and deleted', async (t) => {
  const { api, receiver, observe } = await aPushingApi(t);
  await observe();
  const made = await api.ok('createLogpushJob', {}, { json: aJob(receiver.url) });
  assert.equal(receiver.received.length, 1);
  const { id, spool, ...shown } = made;
  assert.ok(Number.isInteger(id) && id > 0);
  const nothing = { batches: 0, bytes: 0, dropped_records: 0, rejected_records: 0 };
  assert.deepEqual(spool, nothing);
  assert.deepEqual(shown, {
    ...aJob(receiver.url),
    kind: '',
    output_options: null,
    filter: null,
    frequency: null,
    max_upload_bytes: null,
    max_upload_interval_seconds: null,
    max_upload_records: null,
    last_complete: null,
    last_error: null,
    error_message: null,
  });
  const job_id = String(id);
  assert.deepEqual(await api.ok('getLogpushJob', { job_id }), made);
  assert.deepEqual(await api.ok('listLogpushJobs', {}), [made]);
  assert.deepEqual(await api.ok('listDatasetJobs', { dataset_id: 'workers_trace_events' }), [made]);
  const changes = { enabled: false, filter: '{"where":{"key":"Outcome","operator":"eq","value":"exception"}}', max_upload_records: 1000 };
  const changed = await api.ok('putLogpushJob', { job_id }, { json: changes });
  assert.deepEqual(changed, { ...made, ...changes, spool: nothing });
  assert.deepEqual(await api.ok('putLogpushJob', { job_id }, { json: { enabled: null } }), changed, 'null is as if it were left out');
  assert.equal(receiver.received.length, 1, 'the destination is the same');
  // As Terraform's provider sends it back.
  assert.deepEqual(await api.ok('putLogpushJob', { job_id }, { json: { ...changed, filter: null } }), { ...changed, filter: null });
  assert.deepEqual(await api.ok('deleteLogpushJob', { job_id }), { id });
  assert.equal((await api.refused('getLogpushJob', { job_id })).status, 404);
  assert.notEqual((await api.ok('createLogpushJob', {}, { json: aJob(receiver.url) })).id, id, 'a number is not given twice');
});

test('[LP-7] a destination that takes nothing is refused with the reason, and so is another one of a job', async (t) => {
  const { api, receiver } = await aPushingApi(t);
  receiver.answer = () => ({ status: 403 });
  const refused = await api.refused('createLogpushJob', {}, { json: aJob(receiver.url) });
  assert.match(refused.message, /error validating destination\): it answered 403 Forbidden/);
  receiver.answer = () => ({ status: 200 });
  const { id } = await api.ok('createLogpushJob', {}, { json: aJob(receiver.url) });
  receiver.answer = () => ({ status: 500 });
  const job_id = String(id);
  const moved = await api.refused('putLogpushJob', { job_id }, { json: { destination_conf: `${receiver.url}/elsewhere` } });
  assert.match(moved.message, /it answered 500/);
});

test('[LP-5] the answer names Workers that are deployed without logpush = true', async (t) => {
  const { api, receiver } = await aPushingApi(t);
  await api.upload('pushed', { metadata: { logpush: true } });
  await api.upload('quiet');
  await api.uploadAfterFirst('quiet');
  const { messages, result } = await api.answer('createLogpushJob', {}, { json: aJob(receiver.url) });
  assert.equal(messages.length, 1);
  assert.match(messages[0]?.message ?? '', /logpush = true are sent\. Deployed without it: quiet\./);
  await api.ok('patchScriptSettings', { script_name: 'quiet' }, { json: { logpush: true } });
  assert.deepEqual((await api.answer('putLogpushJob', { job_id: String(result.id) }, { json: { enabled: true } })).messages, []);
});

test('[LP-6] credentials of a destination are in no answer, audit row, log, nor in any file but sealed', async (t) => {
  const { api, receiver, observe, said } = await aPushingApi(t);
  await observe();
  const secret = 'CANARYofLogpush';
  const answers: string[] = [];
  const conf = `${receiver.url}/${'x'.repeat(10)}CANARYofLogpush?header_Authorization=${secret}&token=${secret}`;
  const s3 = `s3://bucket/x?region=r&access-key-id=${secret}&secret-access-key=${secret}&session-token=${secret}&endpoint=${receiver.url}`;
  for (const destination of [conf, s3]) {
    const { id } = await api.ok('createLogpushJob', {}, { json: aJob(destination) });
    const job_id = String(id);
    await api.ok('putLogpushJob', { job_id }, { json: { enabled: false } });
    await api.ok('putLogpushJob', { job_id }, { json: { enabled: true } });
    receiver.answer = ({ headers }) => ({ status: 403, body: `<Code>Forbidden</Code>${JSON.stringify(headers)}` });
    answers.push(
      JSON.stringify(await api.refused('putLogpushJob', { job_id }, { json: { destination_conf: `${destination}&header_X=1` } })),
    );
    answers.push(JSON.stringify(await api.ok('validateLogpushDestination', {}, { json: { destination_conf: destination } })));
    receiver.answer = () => ({ status: 200 });
    for (const path of ['jobs', `jobs/${id}`, 'datasets/workers_trace_events/jobs']) {
      answers.push(await (await api.send('GET', `/client/v4/accounts/${api.api.account.id}/logpush/${path}`)).text());
    }
  }
  answers.push(await (await api.send('GET', '/switchback/v1/audit')).text(), ...said);
  for (const answer of answers) assert.doesNotMatch(answer, /CANARY/, answer);
  const files = (await readdir(api.plane.folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  for (const { parentPath, name } of files) assert.doesNotMatch(readFileSync(join(parentPath, name), 'latin1'), /CANARY/, name);
  assert.equal(receiver.received[0]?.headers.authorization, secret, 'it is used');
});

test('[LP-6] a credential with a line break is refused, and neither answered nor logged', async (t) => {
  const { api, receiver } = await aPushingApi(t);
  const secret = 'CANARY%0D%0Aof%C3%A9Logpush';
  for (const name of ['access-key-id', 'secret-access-key', 'session-token', 'region']) {
    const params = new Map([
      ['region', 'r'],
      ['access-key-id', 'a'],
      ['secret-access-key', 'b'],
    ]).set(name, secret);
    const query = [...params].map(([key, value]) => `${key}=${value}`).join('&');
    const { status, message } = await api.refused(
      'createLogpushJob',
      {},
      { json: aJob(`s3://bucket/x?${query}&endpoint=${receiver.url}`) },
    );
    assert.equal(status, 400);
    assert.match(message, new RegExp(`its ${name} holds characters that none has`));
    assert.doesNotMatch(message, /CANARY/);
  }
  assert.equal(receiver.received.length, 0);
});

test('[LP-20] a job whose destination cannot be opened stops no other, says so, and takes another destination', async (t) => {
  const { api, receiver, observe } = await aPushingApi(t);
  await observe();
  const { id } = await api.ok('createLogpushJob', {}, { json: aJob(`${receiver.url}/first`) });
  const other = await api.ok('createLogpushJob', {}, { json: aJob(`${receiver.url}/second`) });
  const job_id = String(id);
  await api.api.store.change(
    async (change) => {
      const job = await change.logpush.byId(id);
      assert.ok(job !== undefined);
      await change.logpush.update({ ...job, destination: `${job.destination.slice(0, -4)}AAAA` });
      return { ok: true, value: undefined };
    },
    () => ({ id: randomUUID(), at: new Date().toISOString(), actor: { id: 'x', email: 'x' }, action: 'test', target: 'test', detail: {} }),
  );
  await api.api.logpush.tell();
  const [broken, listed] = await api.ok('listLogpushJobs', {});
  assert.deepEqual([broken?.destination_conf, listed], ['REDACTED', other]);
  assert.match(broken?.error_message ?? '', /cannot be opened/);
  assert.deepEqual((await api.ok('putLogpushJob', { job_id }, { json: { ...broken, name: 'renamed' } })).destination_conf, 'REDACTED');
  assert.deepEqual(await api.ok('findLogpushDestination', {}, { json: { destination_conf: `${receiver.url}/second` } }), { exists: true });
  const mended = await api.ok('putLogpushJob', { job_id }, { json: { destination_conf: `${receiver.url}/third` } });
  assert.deepEqual([mended.destination_conf, mended.error_message], [`${receiver.url}/third`, null]);
  const text = await auditOf(api);
  assert.match(text, /"logpull_options":/);
  assert.doesNotMatch(text, /logpullOptions|isEnabled/);
});

test('[LP-18] what observes is told again after it was started anew, and who is sent follows the settings of Workers', async (t) => {
  const { api, receiver, observe } = await aPushingApi(t);
  const first = await observe();
  await api.upload('hello', { metadata: { logpush: true, tags: ['eu'] } });
  const { id } = await api.ok('createLogpushJob', {}, { json: aJob(receiver.url) });
  const told = async () => (await api.api.logpush.state())?.revision ?? undefined;
  const before = await until('it to be told', told);
  await first[Symbol.asyncDispose]();
  const [job] = await api.ok('listLogpushJobs', {});
  assert.deepEqual([job?.id, job?.spool], [id, null], 'nothing is known of it now');
  await observe();
  assert.equal(await told(), undefined);
  api.api.logpush.start();
  assert.equal(await until('it to be told again', told), before);
  await api.ok('patchScriptSettings', { script_name: 'hello' }, { json: { tags: ['us'] } });
  await until('it to be told of the change', async () => (await told()) !== before);
});

test('[LP-1] what may be asked for is listed and tried', async (t) => {
  const { api, receiver } = await aPushingApi(t);
  const fields = await api.ok('getDatasetFields', { dataset_id: 'workers_trace_events' });
  assert.equal(fields['ScriptVersion'], 'object; The version of the script that was executed.');
  const valid = (logpull_options: string) => api.ok('validateLogpullOptions', {}, { json: { logpull_options } });
  assert.deepEqual(await valid('fields=Event&timestamps=rfc3339'), { valid: true, message: '' });
  assert.match((await valid('fields=Evnt')).message, /"Evnt", which is no field/);
  const destination_conf = `${receiver.url}/in`;
  const asked = { json: { destination_conf } };
  assert.deepEqual(await api.ok('validateLogpushDestination', {}, asked), { valid: true, message: '' });
  assert.deepEqual(await api.ok('findLogpushDestination', {}, asked), { exists: false });
  await api.ok('createLogpushJob', {}, { json: aJob(destination_conf) });
  assert.deepEqual(await api.ok('findLogpushDestination', {}, asked), { exists: true });
  assert.deepEqual(await api.ok('createLogpushOwnership', {}, asked), { valid: true, message: '', filename: 'ownership-challenge.txt' });
  const ownership_challenge = receiver.received.at(-1)?.body.toString() ?? '';
  const owns = (challenge: string) =>
    api.ok('validateLogpushOwnership', {}, { json: { destination_conf, ownership_challenge: challenge } });
  assert.deepEqual([await owns(ownership_challenge), await owns('another')], [{ valid: true }, { valid: false }]);
});

test('[LP-7] the official SDK makes, lists, changes and deletes jobs', async (t) => {
  const { api, receiver, observe } = await aPushingApi(t);
  await observe();
  const sdk = sdkFor({ baseUrl: `${await api.listen()}/client/v4`, token: api.token });
  const account_id = api.api.account.id;
  const output_options = { field_names: ['Event', 'ScriptVersion'], sample_rate: 0.5, timestamp_format: 'rfc3339' };
  // What the SDK's types say, which are out of sight here.
  const made = (await sdk('logpush.jobs.create', { account_id, ...aJob(receiver.url), output_options })) as {
    id: number;
    output_options: unknown;
  };
  assert.deepEqual(made.output_options, output_options);
  await sdk('logpush.jobs.update', made.id, { account_id, enabled: false });
  const [listed] = (await allOf(sdk('logpush.jobs.list', { account_id }))) as { id: number; enabled: boolean }[];
  assert.deepEqual([listed?.id, listed?.enabled], [made.id, false]);
  assert.deepEqual(await sdk('logpush.jobs.delete', made.id, { account_id }), { id: made.id });
});

test('[LP-1] there are ten jobs at most', async (t) => {
  const { api, receiver } = await aPushingApi(t);
  for (let made = 0; made < 10; made += 1) await api.ok('createLogpushJob', {}, { json: aJob(receiver.url) });
  assert.match((await api.refused('createLogpushJob', {}, { json: aJob(receiver.url) })).message, /^There are 10 Logpush jobs already/);
});

const BAD: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'an unknown dataset': { dataset: 'http_requests' },
  'no dataset': { dataset: undefined },
  'no destination': { destination_conf: undefined },
  'an unknown field': { logpull_options: 'fields=Event,ClientIP' },
  'options of another product': { logpull_options: 'fields=Event&limit=10' },
  'an unknown member of the options': { output_options: { field_name: ['Event'] } },
  CSV: { output_options: { field_names: ['Event'], output_type: 'csv' } },
  'a filter that is no JSON': { filter: 'Outcome eq exception' },
  'a filter of an unknown field': { filter: '{"where":{"key":"Status","operator":"eq","value":"500"}}' },
  'a filter with an operator that its field has not': { filter: '{"where":{"key":"Logs","operator":"lt","value":"5"}}' },
  'batches that are too small': { max_upload_bytes: 1, max_upload_interval_seconds: 5, max_upload_records: 10 },
  'Edge Log Delivery': { kind: 'edge' },
  'a destination of an unknown kind': { destination_conf: 'gs://bucket/x' },
  'an S3 destination without keys': { destination_conf: 's3://bucket/x?region=eu-west-1' },
  'a file where no file may be': { destination_conf: 'file:///etc' },
  'a destination that nobody can reach': { destination_conf: 'https://nobody.invalid/' },
  'a destination that is not encrypted': { destination_conf: 'http://logs.example.com/' },
  'a private destination': { destination_conf: 'https://169.254.169.254/latest' },
  'a private destination by its name': { destination_conf: 'https://localhost/' },
};

test('[D-13] [LP-1] [LP-8] bad jobs are refused in words and change nothing', async (t) => {
  const api = await anApi(t, { destinations: { fileRoot: '/srv/logs' } });
  const expected = golden<Record<string, unknown>>('logpush-refusals');
  const answers: Record<string, unknown> = {};
  for (const [what, bad] of Object.entries(BAD)) {
    await t.test(what, async () => {
      answers[what] = await api.refused('createLogpushJob', {}, { json: { ...aJob('https://nobody.invalid/'), ...bad } });
      if (!expected.isUpdated) assert.deepEqual(answers[what], expected.value[what]);
    });
  }
  answers['a job that is not there'] = await api.refused('putLogpushJob', { job_id: '7' }, { json: { enabled: true } });
  answers['a job with no number'] = await api.refused('deleteLogpushJob', { job_id: 'seven' });
  answers['an unknown dataset of fields'] = await api.refused('getDatasetFields', { dataset_id: 'dns_logs' });
  expected.update(() => answers);
  assert.deepEqual(answers, expected.value);
});
