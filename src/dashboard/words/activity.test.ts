import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { activityInWords, hasWords, type Activity } from './activity.ts';
import { storyInWords, type Story } from './story.ts';

/** What calls of the API write, as its own tests found it; and what the calls of ours and the edges do. */
const ACTIONS = [
  ...(JSON.parse(readFileSync(join(import.meta.dirname, '../../../test/golden/actions.json'), 'utf8')) as readonly string[]),
  'session.create',
  'session.delete',
  'session.invite',
  'version.trip',
];

const anActivity = (action: string, detail: Activity['detail'] = {}): Activity => ({
  id: '1',
  at: '2026-01-01T00:00:00.000Z',
  actor: { id: '2', email: 'ada@example.com' },
  action,
  target: 'worker/site',
  detail,
});

test('each action that the server can write has words', () => {
  assert.deepEqual(
    ACTIONS.filter((action) => !hasWords({ action })),
    [],
  );
});

const share = (number: number, percent: number) => ({ number, versionId: `id of v${number}`, share: percent * 1_000 });

const said = (action: string, detail: Activity['detail']) => activityInWords(anActivity(action, detail));

test('a change of settings says what serves since, and what was only saved', () => {
  assert.equal(
    said('settings.patch', { numbers: [4, 5, 6], split: [share(4, 50), share(5, 50)] }),
    'changed settings of site and deployed v5 50%, v4 50% and saved v6',
  );
  assert.equal(said('settings.patch', { numbers: [6] }), 'changed settings of site and saved v6');
  assert.equal(said('settings.patch', {}), 'changed settings of site');
  assert.equal(
    said('secret.change', { set: ['A'], numbers: [2], split: [share(2, 100)] }),
    'changed secret A of site and deployed v2 100%',
  );
  assert.equal(
    said('subdomain.post', { workersDev: true, previews: false }),
    'turned on the address and turned off the version addresses of site',
  );
});

test('a deployment that settings made says what serves since', () => {
  const story: Story = {
    kind: 'changed_settings',
    version_id: 'a',
    number: 4,
    percentage: 50,
    percentage_before: 50,
    other: { version_id: 'b', number: 5 },
    secrets: [],
  };
  assert.equal(storyInWords(story), 'Changed settings, deployed as v5 50%, v4 50%');
  assert.equal(storyInWords({ ...story, percentage: 100, other: null }), 'Changed settings, deployed as v4');
  assert.equal(storyInWords({ ...story, kind: 'changed_secret', secrets: ['KEY'] }), 'Changed secret KEY, deployed as v5 50%, v4 50%');
});
