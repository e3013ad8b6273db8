import { aWorker } from '../../support/worker-form.ts';
import type { BadInput, World } from './world.ts';

const named =
  (name: string) =>
  ({ api }: World) =>
    api.response('putScript', { script_name: name }, { body: aWorker() });
const asking =
  (method: string, path: string, init: Parameters<World['api']['send']>[2] = {}) =>
  ({ api }: World) =>
    api.send(method, path.replace('~', `/client/v4/accounts/${api.api.account.id}`), init);

export const badNames: readonly BadInput[] = [
  { what: 'a Worker name with capitals', send: named('Hello') },
  { what: 'a Worker name with a space', send: named('he llo') },
  { what: 'a Worker name that begins with a dash', send: named('-hello') },
  { what: 'a Worker name with a dot', send: named('hello.world') },
  { what: 'a Worker name that is a path', send: named('../hello') },
  { what: 'a Worker name of 64 characters', send: named('h'.repeat(64)) },
  { what: 'a Worker name beyond ASCII', send: named('grüße') },
  { what: 'a name for the newer resource with capitals', send: ({ api }) => api.response('createWorker', {}, { json: { name: 'Hello' } }) },
  { what: 'a name for the newer resource that is taken', send: ({ api }) => api.response('createWorker', {}, { json: { name: 'hello' } }) },
  { what: 'a new name for a Worker', send: ({ api }) => api.response('patchWorker', { worker: 'hello' }, { json: { name: 'howdy' } }) },
];

export const badAccess: readonly BadInput[] = [
  { what: 'no token', send: asking('GET', '~/workers/scripts', { token: null }) },
  { what: 'a wrong token', send: asking('GET', '~/workers/scripts', { token: 'sb_wrong' }) },
  { what: 'a revoked token', send: ({ api, revokedToken }) => api.response('listScripts', {}, { token: revokedToken }) },
  {
    what: 'a password in place of a token',
    send: asking('GET', '~/workers/scripts', { token: null, headers: { authorization: 'Basic YTpi' } }),
  },
  {
    what: 'a wrong key of the old kind',
    send: asking('GET', '~/workers/scripts', { token: null, headers: { 'x-auth-key': 'k', 'x-auth-email': 'a@b' } }),
  },
  { what: 'no account id', send: asking('GET', '/client/v4/accounts/my-account/workers/scripts') },
  { what: 'a host name that is not ours', send: asking('GET', '~/workers/scripts', { headers: { host: 'evil.example' } }) },
  { what: 'a body that is not JSON', send: asking('POST', '~/workers/scripts/hello/deployments', { body: 'versions: []' }) },
  { what: 'an empty body', send: asking('POST', '~/workers/scripts/hello/deployments', { body: '' }) },
  {
    what: 'a body that is not UTF-8',
    send: asking('POST', '~/workers/scripts/hello/deployments', { body: Uint8Array.of(0x22, 0xff, 0x22) }),
  },
  { what: 'a body that is a list where an object belongs', send: asking('POST', '~/workers/scripts/hello/deployments', { body: '[]' }) },
  {
    what: 'a JSON body of five megabytes',
    send: asking('POST', '~/workers/scripts/hello/deployments', { body: `"${' '.repeat(5_000_000)}"` }),
  },
  { what: 'an unknown path', send: asking('GET', '/client/v4/accounts-of-mine') },
  { what: 'an unknown path below a Worker', send: asking('GET', '~/workers/scripts/hello/coffee') },
  { what: 'a path outside the API', send: asking('GET', '/favicon.ico') },
  { what: 'a method that a path does not take', send: asking('DELETE', '~/workers/scripts') },
  { what: 'a method that does not exist', send: asking('BREW', '~/workers/scripts/hello') },
  { what: 'a product that is not offered', send: asking('GET', '~/workflows') },
  { what: 'a product that is not offered, without a token', send: asking('GET', '~/workflows', { token: null }) },
  { what: 'a page that is none', send: asking('GET', '~/workers/scripts/hello/versions?page=first') },
  { what: 'page zero', send: asking('GET', '~/workers/scripts/hello/versions?page=0') },
];
