import assert from 'node:assert/strict';
import test from 'node:test';
import { golden } from '../support/golden.ts';
import { badAccess, badNames } from './bad-input/access.ts';
import { badAudits } from './bad-input/audit.ts';
import { badAssets } from './bad-input/assets.ts';
import { badCertificates } from './bad-input/certificates.ts';
import { badDeployments } from './bad-input/deployments.ts';
import { badResources, badSecrets } from './bad-input/resources.ts';
import { badCode } from './bad-input/trials.ts';
import { badForms, badMetadata } from './bad-input/uploads.ts';
import { aWorld, type BadInput } from './bad-input/world.ts';

const groups: Readonly<Record<string, readonly BadInput[]>> = {
  deployments: badDeployments,
  forms: badForms,
  metadata: badMetadata,
  code: badCode,
  names: badNames,
  access: badAccess,
  audit: badAudits,
  secrets: badSecrets,
  resources: badResources,
  assets: badAssets,
  certificates: badCertificates,
};

for (const [group, inputs] of Object.entries(groups)) {
  test(`[D-13] [A-1] bad input is refused in words and changes nothing: ${group}`, async (t) => {
    const world = await aWorld(t);
    const expected = golden<Record<string, Record<string, unknown>>>('refusals');
    const answers: Record<string, unknown> = {};
    for (const { what, send } of inputs) {
      await t.test(what, async () => {
        answers[what] = await world.api.refusedBy(() => send(world));
        if (!expected.isUpdated) assert.deepEqual(answers[what], expected.value[group]?.[what]);
      });
    }
    expected.update((present) => ({ ...present, [group]: answers }));
    assert.deepEqual(Object.keys(answers), Object.keys(expected.value[group] ?? {}), 'nothing is in the golden file that is not tried');
  });
}
