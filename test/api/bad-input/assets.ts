import { assetForm, assetHash, manifestOf, uploadAssets } from '../../support/asset-upload.ts';
import { binding, metadata, type BadInput, type World } from './world.ts';

const session =
  (manifest: unknown) =>
  ({ api }: World): Promise<Response> =>
    api.response('createAssetSession', { script_name: 'hello' }, { json: { manifest } });

const opened = async ({ api }: World) =>
  (await api.ok('createAssetSession', { script_name: 'hello' }, { json: { manifest: manifestOf({ '/a.txt': 'a' }) } })).jwt;

const sending =
  (form: FormData | string, headers: Readonly<Record<string, string>> = {}) =>
  async (world: World) =>
    uploadAssets(world.api, await opened(world), form, headers);

const config = (members: Readonly<Record<string, unknown>>) => metadata({ keep_assets: true, assets: { config: members } });

const MODULE = { name: 'index.js', content_type: 'application/javascript+module', content_base64: btoa('export default {}') };

const jsonVersion =
  (members: Readonly<Record<string, unknown>>) =>
  ({ api }: World): Promise<Response> =>
    api.response('createWorkerVersion', { worker: 'hello' }, { json: { main_module: 'index.js', modules: [MODULE], ...members } });

const named = (hash: string, content: string): FormData => {
  const form = new FormData();
  form.set(hash, new File([content], hash));
  return form;
};

const FILE = { hash: '0'.repeat(32), size: 1 };
const many = Object.fromEntries(Array.from({ length: 100_001 }, (_, at) => [`/${at}`, FILE]));
/** Above what the test's API takes as a whole. */
const SHORT = Object.fromEntries(Object.entries(many).slice(0, 10));

export const badAssets: readonly BadInput[] = [
  { what: 'no manifest', send: session(undefined) },
  { what: 'a manifest larger than an upload', send: session(many) },
  { what: 'a path without a slash', send: session({ ...SHORT, 'a.txt': FILE }) },
  { what: 'a path that leads out', send: session({ '/../a.txt': FILE }) },
  { what: 'a hash that is none', send: session({ '/a.txt': { hash: 'short', size: 1 } }) },
  { what: 'a file above 25 MiB', send: session({ '/film.mp4': { ...FILE, size: 26_214_401 } }) },
  { what: 'a negative size', send: session({ '/a.txt': { ...FILE, size: -1 } }) },
  { what: 'an upload without a token', send: ({ api }) => api.response('uploadAssets', {}, { token: null, body: assetForm(['a']) }) },
  { what: 'an upload with an API token', send: ({ api }) => uploadAssets(api, api.token, assetForm(['a'])) },
  {
    what: 'an upload with a changed token',
    send: async (world) => uploadAssets(world.api, (await opened(world)).replace(/\.\w/, '.x'), assetForm(['a'])),
  },
  { what: 'a file the manifest does not name', send: sending(assetForm(['b'])) },
  { what: 'a file of another size', send: sending(named(assetHash('a'), Buffer.from('ab').toString('base64'))) },
  { what: 'a file that is not base64', send: sending(named(assetHash('a'), '%%%')) },
  { what: 'a form without files', send: sending(new FormData()) },
  { what: 'an upload that is no form', send: sending('a', { 'content-type': 'text/plain' }) },
  { what: 'assets without files', send: metadata({ assets: { config: {} } }) },
  { what: 'assets of an unfinished session', send: async (world) => metadata({ assets: { jwt: await opened(world) } })(world) },
  { what: 'assets of a made-up session', send: metadata({ assets: { jwt: 'a.b.c' } }) },
  { what: 'assets kept where there are none', send: metadata({ keep_assets: true }) },
  { what: 'a JSON version with a session that is no text', send: jsonVersion({ assets: { jwt: 5 } }) },
  { what: 'a JSON version that keeps its assets by a text', send: jsonVersion({ keep_assets: 'yes' }) },
  {
    what: 'a JSON version with null for assets and with assets kept where there are none',
    send: jsonVersion({ assets: null, keep_assets: true }),
  },
  { what: 'an unknown html_handling', send: config({ html_handling: 'magic' }) },
  { what: 'an unknown not_found_handling', send: config({ not_found_handling: 'ignore' }) },
  { what: 'run_worker_first that is a number', send: config({ run_worker_first: 1 }) },
  { what: 'run_worker_first of exceptions alone', send: config({ run_worker_first: ['!/a'] }) },
  { what: 'run_worker_first without a slash', send: config({ run_worker_first: ['api/*'] }) },
  { what: 'a base path', send: config({ base_path: '/docs' }) },
  { what: 'a binding to assets where there are none', send: binding({ type: 'assets', name: 'ASSETS' }) },
];
