import { aSplit } from '../../support/api.ts';
import { deploying, type BadInput } from './world.ts';

const NO_SUCH_ID = 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee';

export const badDeployments: readonly BadInput[] = [
  { what: 'percentages that total 90', send: deploying(({ one, two }) => aSplit({ [one]: 50, [two]: 40 })) },
  { what: 'percentages that total 110', send: deploying(({ one, two }) => aSplit({ [one]: 60, [two]: 50 })) },
  { what: 'percentages that total 0', send: deploying(({ one, two }) => aSplit({ [one]: 0, [two]: 0 })) },
  { what: 'percentages that miss 100 by more than a thousandth', send: deploying(({ one, two }) => aSplit({ [one]: 50, [two]: 49.998 })) },
  { what: 'one version at 50 %', send: deploying(({ one }) => aSplit({ [one]: 50 })) },
  { what: 'a negative percentage', send: deploying(({ one, two }) => aSplit({ [one]: -10, [two]: 110 })) },
  { what: 'a percentage that is NaN', send: deploying(({ one }) => `{"versions":[{"version_id":"${one}","percentage":NaN}]}`) },
  { what: 'a percentage that is infinite', send: deploying(({ one }) => `{"versions":[{"version_id":"${one}","percentage":1e999}]}`) },
  { what: 'a percentage that is null', send: deploying(({ one }) => ({ versions: [{ version_id: one, percentage: null }] })) },
  { what: 'a percentage that is a string', send: deploying(({ one }) => ({ versions: [{ version_id: one, percentage: '100' }] })) },
  { what: 'no percentage', send: deploying(({ one }) => ({ versions: [{ version_id: one }] })) },
  { what: 'no version', send: deploying(() => ({ versions: [] })) },
  { what: 'no list of versions', send: deploying(() => ({ strategy: 'percentage' })) },
  { what: 'another strategy', send: deploying(({ one }) => ({ ...aSplit({ [one]: 100 }), strategy: 'canary' })) },
  { what: 'three versions', send: deploying(({ old, one, two }) => aSplit({ [old]: 30, [one]: 30, [two]: 40 })) },
  {
    what: 'the same version twice',
    send: deploying(({ one }) => ({
      versions: [
        { version_id: one, percentage: 50 },
        { version_id: one, percentage: 50 },
      ],
    })),
  },
  {
    what: 'the same version twice, once without hyphens',
    send: deploying(({ one }) => aSplit({ [one]: 50, [one.replaceAll('-', '')]: 50 })),
  },
  { what: 'an unknown version', send: deploying(() => aSplit({ [NO_SUCH_ID]: 100 })) },
  { what: 'a version id that is none', send: deploying(() => aSplit({ latest: 100 })) },
  { what: "another Worker's version", send: deploying(({ foreign }) => aSplit({ [foreign]: 100 })) },
  { what: 'a version past the window', send: deploying(({ old }) => aSplit({ [old]: 100 })) },
  {
    what: 'a deployment message of 1001 bytes',
    send: deploying(({ one }) => ({ ...aSplit({ [one]: 100 }), annotations: { 'workers/message': 'm'.repeat(1001) } })),
  },
  {
    what: 'a deployment of a Worker that does not exist',
    send: ({ api, one }) => api.response('createDeployment', { script_name: 'nobody' }, { json: aSplit({ [one]: 100 }) }),
  },
  {
    what: 'a deployment that expects another one to be active',
    send: ({ api, one }) =>
      api.response(
        'createDeployment',
        { script_name: 'hello' },
        { json: aSplit({ [one]: 100 }), headers: { 'if-match': `"${NO_SUCH_ID}"` } },
      ),
  },
  {
    what: 'a deployment whose If-Match is no id',
    send: ({ api, one, activeDeployment }) =>
      api.response(
        'createDeployment',
        { script_name: 'hello' },
        { json: aSplit({ [one]: 100 }), headers: { 'if-match': `"${activeDeployment}", "${NO_SUCH_ID}"` } },
      ),
  },
  {
    what: 'deleting the active deployment',
    send: ({ api, activeDeployment }) => api.response('deleteDeployment', { script_name: 'hello', deployment_id: activeDeployment }),
  },
  {
    what: 'deleting a deployment that does not exist',
    send: ({ api }) => api.response('deleteDeployment', { script_name: 'hello', deployment_id: NO_SUCH_ID }),
  },
  {
    what: 'deleting a version that serves',
    send: ({ api, two }) => api.response('deleteWorkerVersion', { worker: 'hello', version_id: two }),
  },
  {
    what: 'looking at a version that does not exist',
    send: ({ api }) => api.response('getVersion', { script_name: 'hello', version_id: NO_SUCH_ID }),
  },
  {
    what: 'a legacy rollback to an id that does not exist',
    send: ({ api }) => {
      const form = new FormData();
      form.set('message', 'back');
      return api.response('putScript', { script_name: 'hello' }, { body: form, query: { rollback_to: NO_SUCH_ID } });
    },
  },
];
