import assert from 'node:assert/strict';
import test from 'node:test';
import { accepted, ADA, aControlPlane, aScriptUpload, aVersionUpload, refused, uploaded } from '../../test/support/control-plane.ts';
import { addZone, changeWorker, createWorker, putDomains, replaceRoutes, replaceSchedules, setSubdomain, type Control } from './index.ts';

const latestActions = async ({ store }: Control, limit: number): Promise<readonly string[]> =>
  (await store.read.audit.page({ offset: 0, limit })).map(({ action }) => action);

test('[V-6] a change of routes, custom domains, cron schedules, subdomain or settings makes no version and no deployment', async (t) => {
  const { control } = await aControlPlane(t);
  const { worker } = await uploaded(control, aScriptUpload(control, 'hello'));
  const made = async () => [await control.store.read.versions.count(worker.tag), await control.store.read.deployments.count(worker.tag)];
  const before = await made();
  accepted(await addZone(control, ADA, 'example.com'));
  accepted(await replaceRoutes(control, ADA, 'hello', [{ pattern: 'example.com/*' }]));
  accepted(await putDomains(control, ADA, 'hello', [{ hostname: 'app.example.com' }], { override: false, replaceAll: true }));
  accepted(await replaceSchedules(control, ADA, 'hello', ['*/5 * * * *']));
  accepted(await setSubdomain(control, ADA, 'team'));
  accepted(await changeWorker(control, ADA, 'hello', { workersDev: true, previews: true }, 'subdomain.post'));
  accepted(await changeWorker(control, ADA, 'hello', { settings: { logpush: true } }, 'script_settings.patch'));
  assert.deepEqual(await made(), before);
  assert.deepEqual(await latestActions(control, 7), [
    'script_settings.patch',
    'subdomain.post',
    'subdomain.set',
    'schedules.replace',
    'domains.put',
    'routes.replace',
    'zone.add',
  ]);
});

test('a new Worker answers nowhere until its subdomain setting says so', async (t) => {
  const { control } = await aControlPlane(t);
  const { worker } = await uploaded(control, aScriptUpload(control, 'hello'));
  assert.deepEqual([worker.workersDev, worker.previews], [false, false]);
  const opened = accepted(await changeWorker(control, ADA, 'hello', { workersDev: true }, 'subdomain.post'));
  assert.deepEqual([opened.workersDev, opened.previews], [true, false]);
  await uploaded(control, aVersionUpload(control, 'hello'));
  assert.equal((await control.store.read.workers.byName('hello'))?.workersDev, true, 'and an upload leaves it');
});

test('settings that are not named stay as they are', async (t) => {
  const { control } = await aControlPlane(t);
  accepted(await createWorker(control, ADA, 'hello', { settings: { logpush: true, tags: ['a'] } }));
  const changed = accepted(await changeWorker(control, ADA, 'hello', { settings: { tags: ['b'] } }, 'script_settings.patch'));
  assert.deepEqual(changed.settings, { logpush: true, tags: ['b'] });
  assert.equal(refused(await changeWorker(control, ADA, 'nobody', {}, 'x')).code, 'worker_not_found');
});

test('a Worker can be made without code, once and under a good name', async (t) => {
  const { control } = await aControlPlane(t);
  accepted(await createWorker(control, ADA, 'hello', { workersDev: true }));
  assert.equal(refused(await createWorker(control, ADA, 'hello', {})).code, 'worker_exists');
  assert.equal(refused(await createWorker(control, ADA, 'Hello!', {})).code, 'worker_name_invalid');
});

test('cron schedules have five fields that mean something, are kept once each, and one that stays keeps its time', async (t) => {
  const { control, clock } = await aControlPlane(t);
  await uploaded(control, aScriptUpload(control, 'hello'));
  const [first] = accepted(await replaceSchedules(control, ADA, 'hello', ['*/5 * * * *', '*/5 * * * *']));
  clock.move(60_000);
  const again = accepted(await replaceSchedules(control, ADA, 'hello', ['0 0 1 * *', '*/5 * * * *']));
  assert.deepEqual(
    again.map(({ cron }) => cron),
    ['0 0 1 * *', '*/5 * * * *'],
  );
  assert.equal(again[1]?.createdOn, first?.createdOn);
  assert.notEqual(again[1]?.modifiedOn, first?.modifiedOn);
  for (const cron of ['', '* * * *', '* * * * * *', '61 * * * *', 'a b c d e']) {
    assert.equal(refused(await replaceSchedules(control, ADA, 'hello', ['0 0 1 * *', cron])).code, 'cron_invalid', cron);
  }
  const { tag } = (await control.store.read.workers.byName('hello'))!;
  assert.equal((await control.store.read.schedules.ofWorker(tag)).length, 2);
});

test('a subdomain is one label of a host', async (t) => {
  const { control } = await aControlPlane(t);
  accepted(await setSubdomain(control, ADA, 'team'));
  for (const name of ['', 'a.b', 'Team', '-a'])
    assert.equal(refused(await setSubdomain(control, ADA, name)).code, 'subdomain_name_invalid');
  assert.equal(await control.store.read.meta.get('subdomain'), 'team');
});
