import { aWorker, MODULE } from '../../support/worker-form.ts';
import { binding, type BadInput, type World } from './world.ts';

const secret =
  (name: string, text: string) =>
  ({ api }: World) =>
    api.response('putSecret', { script_name: 'hello' }, { json: { name, text } });
const patch =
  (json: Readonly<Record<string, unknown>>) =>
  ({ api }: World) =>
    api.response('patchLatestVersion', { worker: 'hello' }, { json });
const settings =
  (json: Readonly<Record<string, unknown>>) =>
  ({ api }: World) =>
    api.response('patchSettings', { script_name: 'hello' }, { json });
const route =
  (pattern: string, script = 'hello') =>
  ({ api, zone }: World) =>
    api.response('createRoute', { zone_id: zone }, { json: { pattern, script } });
const domain =
  (hostname: string, zone_name?: string) =>
  ({ api }: World) =>
    api.response(
      'putDomainRecords',
      { script_name: 'hello' },
      { json: { origins: [{ hostname, ...(zone_name === undefined ? {} : { zone_name }) }] } },
    );
const crons =
  (...given: readonly string[]) =>
  ({ api }: World) =>
    api.response('putSchedules', { script_name: 'hello' }, { json: given.map((cron) => ({ cron })) });
const version =
  (json: Readonly<Record<string, unknown>>) =>
  ({ api }: World) =>
    api.response('createWorkerVersion', { worker: 'hello' }, { json });

export const badSecrets: readonly BadInput[] = [
  { what: 'a secret with a NUL character', send: secret('KEY', 'a\0b') },
  { what: 'a secret with a NUL character in an upload', send: binding({ type: 'secret_text', name: 'KEY', text: '\0' }) },
  {
    what: 'a secret with a NUL character among several',
    send: ({ api }) =>
      api.response('patchSecrets', { script_name: 'hello' }, { json: { secrets: { A: { text: 'fine' }, B: { text: '\0' } } } }),
  },
  { what: 'a secret longer than the environment takes', send: secret('KEY', 's'.repeat(70_000)) },
  {
    what: 'secrets that are too long together',
    send: ({ api }) => {
      const secrets = Array.from({ length: 20 }, (_, index) => [`K${index}`, { text: 's'.repeat(60_000) }] as const);
      return api.response('patchSecrets', { script_name: 'hello' }, { json: { secrets: Object.fromEntries(secrets) } });
    },
  },
  { what: 'a secret without a name', send: secret('', 's') },
  { what: 'a secret name with a space', send: secret('A B', 's') },
  { what: 'a secret named as a variable is', send: secret('GREETING', 's') },
  { what: 'a secret without a text', send: ({ api }) => api.response('putSecret', { script_name: 'hello' }, { json: { name: 'KEY' } }) },
  {
    what: 'a secret of another type',
    send: ({ api }) =>
      api.response('putSecret', { script_name: 'hello' }, { json: { name: 'KEY', text: 's', type: 'secret_key' } as never }),
  },
  {
    what: 'a secret of a Worker that does not exist',
    send: ({ api }) => api.response('putSecret', { script_name: 'nobody' }, { json: { name: 'KEY', text: 's' } }),
  },
  {
    what: 'deleting a secret that does not exist',
    send: ({ api }) => api.response('deleteSecret', { script_name: 'hello', secret_name: 'KEY' }),
  },
  { what: 'patching a variable into the newest version', send: patch({ env: { COLOUR: { type: 'plain_text', text: 'blue' } } }) },
  { what: 'patching a secret over a variable', send: patch({ env: { GREETING: { type: 'secret_text', text: 's' } } }) },
  { what: 'patching a secret without a text', send: patch({ env: { KEY: { type: 'secret_text' } } }) },
  { what: 'patching the compatibility date of the newest version', send: patch({ compatibility_date: '2026-01-01' }) },
];

export const badResources: readonly BadInput[] = [
  { what: 'settings with a binding that is not offered', send: settings({ bindings: [{ type: 'hyperdrive', name: 'DB', id: 'x' }] }) },
  { what: 'settings with a binding to what is not there', send: settings({ bindings: [{ type: 'd1', name: 'DB', id: 'x' }] }) },
  { what: 'settings with tail consumers', send: settings({ tail_consumers: [{ service: 'other' }] }) },
  { what: 'settings with an unknown compatibility flag', send: settings({ compatibility_flags: ['time_travel'] }) },
  { what: 'settings with a compatibility date that is none', send: settings({ compatibility_date: 'soon' }) },
  { what: 'settings that keep a binding that is not there', send: settings({ bindings: [{ type: 'inherit', name: 'A' }] }) },
  {
    what: 'script settings with a sampling rate of 2',
    send: ({ api }) =>
      api.response('patchScriptSettings', { script_name: 'hello' }, { json: { observability: { enabled: true, head_sampling_rate: 2 } } }),
  },
  {
    what: 'a usage model that does not exist',
    send: ({ api }) => api.response('putUsageModel', { script_name: 'hello' }, { json: { usage_model: 'free' as never } }),
  },
  { what: 'a route pattern without a host', send: route('/shop') },
  { what: 'a route pattern with a star inside', send: route('example.com/*/shop') },
  { what: 'a route outside its zone', send: route('example.org/*') },
  { what: "another Worker's route", send: route('example.com/shop/*') },
  { what: 'a route to a Worker that does not exist', send: route('example.com/*', 'nobody') },
  { what: 'a route that does not exist', send: ({ api, zone }) => api.response('deleteRoute', { zone_id: zone, route_id: 'x' }) },
  {
    what: 'a route of a zone that does not exist',
    send: ({ api }) => api.response('createRoute', { zone_id: 'x' }, { json: { pattern: 'example.com/*' } }),
  },
  { what: 'a custom domain in no zone', send: domain('example.org') },
  { what: 'a custom domain in a zone that does not exist', send: domain('a.example.org', 'example.org') },
  { what: 'a custom domain that is no host name', send: domain('not a host.example.com') },
  { what: "another Worker's custom domain", send: domain('www.example.com') },
  { what: 'a custom domain that does not exist', send: ({ api }) => api.response('deleteDomain', { domain_id: 'x' }) },
  { what: 'a zone that is no domain name', send: ({ api }) => api.response('createZone', {}, { json: { name: 'not a domain' } }) },
  { what: 'a zone that exists', send: ({ api }) => api.response('createZone', {}, { json: { name: 'EXAMPLE.com' } }) },
  { what: 'a cron schedule of four fields', send: crons('* * * *') },
  { what: 'a cron schedule of minute 61', send: crons('*/5 * * * *', '61 * * * *') },
  { what: 'a subdomain with a dot', send: ({ api }) => api.response('putAccountSubdomain', {}, { json: { subdomain: 'my.team' } }) },
  { what: 'a subdomain that is free', send: ({ api }) => api.response('checkSubdomain', { name: 'somebody' }) },
  {
    what: 'a subdomain state that is a word',
    send: ({ api }) => api.response('postSubdomain', { script_name: 'hello' }, { json: { enabled: 'yes' as never } }),
  },
  {
    what: 'an environment that does not exist',
    send: ({ api }) => api.response('getEnvironment', { script_name: 'hello', environment: 'staging' }),
  },
  { what: 'a service that does not exist', send: ({ api }) => api.response('getService', { script_name: 'nobody' }) },
  { what: 'deleting a Worker that does not exist', send: ({ api }) => api.response('deleteScript', { script_name: 'nobody' }) },
  { what: 'a token without a name', send: ({ api }) => api.response('createToken', {}, { json: { name: '' } }) },
  { what: 'a token with the name of another', send: ({ api }) => api.response('createToken', {}, { json: { name: 'operator' } }) },
  { what: 'a token that does not exist', send: ({ api }) => api.response('revokeToken', { token_id: 'x' }) },
  { what: 'a JSON version without modules', send: version({ main_module: 'index.js' }) },
  {
    what: 'a JSON version whose module is not base64',
    send: version({ main_module: 'index.js', modules: [{ name: 'index.js', content_type: MODULE, content_base64: '!' }] }),
  },
  {
    what: 'a JSON version over the limit',
    send: version({
      main_module: 'index.js',
      modules: [{ name: 'index.js', content_type: MODULE, content_base64: 'A'.repeat(3_000_000) }],
    }),
  },
  {
    what: 'a JSON version with members of its environment',
    send: version({
      main_module: 'index.js',
      modules: [{ name: 'index.js', content_type: MODULE, content_base64: '' }],
      env: { A: { type: 'plain_text', text: '' } },
    }),
  },
  {
    what: 'new content for a Worker that does not exist',
    send: ({ api }) => api.response('putContent', { script_name: 'nobody' }, { body: aWorker() }),
  },
];
