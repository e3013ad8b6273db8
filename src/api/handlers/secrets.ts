import { accept, refuse } from '../../base/index.ts';
import { changeSecrets, secretsOf, tagOf } from '../../control/index.ts';
import type { secretEndpoints } from '../../contract/index.ts';
import type { Worker } from '../../store/index.ts';
import type { Api, Handlers } from '../api.ts';
import { etag, expectationIn } from '../if-match.ts';
import { workerNamed } from './found.ts';

const view = (name: string) => ({ name, type: 'secret_text' as const });

/** Names and tag are of one state. */
const listed = <Shown>(api: Api, worker: Worker, shown: (names: readonly string[]) => Shown) =>
  api.store.snapshot(async (queries) => {
    const names = await secretsOf(queries, worker.name);
    return names.ok ? accept({ result: shown(names.value), ...etag(await tagOf(queries, worker, 'secrets')) }) : names;
  });

export const secrets: Handlers<typeof secretEndpoints> = {
  listSecrets: async (api, { params }) => {
    const worker = await workerNamed(api, params.script_name);
    if (!worker.ok) return worker;
    return listed(api, worker.value, (names) => names.map(view));
  },
  putSecret: async (api, { params, body, headers, actor }) => {
    const expected = expectationIn(headers, 'secrets');
    if (!expected.ok) return expected;
    const changes = { [body.name]: { text: body.text } };
    const changed = await changeSecrets(api, actor, { worker: params.script_name, changes, expected: expected.value });
    return changed.ok ? accept({ result: view(body.name), ...etag(changed.value.tags.secrets) }) : changed;
  },
  getSecret: async (api, { params }) => {
    const names = await secretsOf(api.store.read, params.script_name);
    if (!names.ok) return names;
    const name = params.secret_name;
    return names.value.includes(name) ? accept({ result: view(name) }) : refuse({ code: 'secret_not_found', name });
  },
  deleteSecret: async (api, { params, headers, actor }) => {
    const expected = expectationIn(headers, 'secrets');
    if (!expected.ok) return expected;
    const name = params.secret_name;
    // One that only the newest, undeployed version has is a secret too, and goes with this.
    const names = await secretsOf(api.store.read, params.script_name, true);
    if (!names.ok) return names;
    if (!names.value.includes(name)) return refuse({ code: 'secret_not_found', name });
    const changed = await changeSecrets(api, actor, { worker: params.script_name, changes: { [name]: null }, expected: expected.value });
    return changed.ok ? accept({ result: null, ...etag(changed.value.tags.secrets) }) : changed;
  },
  patchSecrets: async (api, { params, body, headers, actor }) => {
    const expected = expectationIn(headers, 'secrets');
    if (!expected.ok) return expected;
    const changed = await changeSecrets(api, actor, { worker: params.script_name, changes: body.secrets, expected: expected.value });
    if (!changed.ok) return changed;
    return listed(api, changed.value.worker, (names) => Object.fromEntries(names.map((name) => [name, view(name)])));
  },
};
