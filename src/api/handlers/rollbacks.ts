import { accept } from '../../base/index.ts';
import { rollBackRenewed } from '../../control/index.ts';
import type { rollbackEndpoints } from '../../contract/index.ts';
import type { Version } from '../../domain/index.ts';
import type { Handlers } from '../api.ts';
import { etag } from '../if-match.ts';
import { deploymentView } from '../views/index.ts';
import { expectedActive } from './deployments.ts';

const view = ({ id, number }: Version) => ({ version_id: id, number });

export const rollbacks: Handlers<typeof rollbackEndpoints> = {
  rollBackRenewed: async (api, { params, body, headers, actor }) => {
    const expected = expectedActive(headers);
    if (!expected.ok) return expected;
    const made = await rollBackRenewed(api, actor, {
      worker: params.name,
      versionId: body.version_id,
      message: body.message,
      expectedActive: expected.value,
    });
    if (!made.ok) return made;
    const { version, of, deployment } = made.value;
    return accept({ result: { version: view(version), of: view(of), deployment: deploymentView(deployment) }, ...etag(deployment.id) });
  },
};
