import { accept, refuse } from '../../base/index.ts';
import { changeSecrets, secretsOf } from '../../control/index.ts';
import type { secretEndpoints } from '../../contract/index.ts';
import type { Handlers } from '../api.ts';
import { etagOf, expectationIn } from '../if-match.ts';
import { workerNamed } from './found.ts';

const view = (name: string) => ({ name, type: 'secret_text' as const });

export const secrets: Handlers<typeof secretEndpoints> = {
  listSecrets: async (api, { params }) => {
    const worker = await workerNamed(api, params.script_name);
    if (!worker.ok) return worker;
    const names = await secretsOf(api, params.script_name);
    return names.ok ? accept({ result: names.value.map(view), ...(await etagOf(api, worker.value, 'versions')) }) : names;
  },
  putSecret: async (api, { params, body, headers, actor }) => {
    const expected = expectationIn(headers, 'versions');
    if (!expected.ok) return expected;
    const changes = { [body.name]: { text: body.text } };
    const changed = await changeSecrets(api, actor, { worker: params.script_name, changes, expected: expected.value });
    return changed.ok ? accept({ result: view(body.name), ...(await etagOf(api, changed.value.worker, 'versions')) }) : changed;
  },
  getSecret: async (api, { params }) => {
    const names = await secretsOf(api, params.script_name);
    if (!names.ok) return names;
    const name = params.secret_name;
    return names.value.includes(name) ? accept({ result: view(name) }) : refuse({ code: 'secret_not_found', name });
  },
  deleteSecret: async (api, { params, headers, actor }) => {
    const expected = expectationIn(headers, 'versions');
    if (!expected.ok) return expected;
    const name = params.secret_name;
    // One that only the newest, undeployed version has is a secret too, and goes with this.
    const names = await secretsOf(api, params.script_name, true);
    if (!names.ok) return names;
    if (!names.value.includes(name)) return refuse({ code: 'secret_not_found', name });
    const changed = await changeSecrets(api, actor, { worker: params.script_name, changes: { [name]: null }, expected: expected.value });
    return changed.ok ? accept({ result: null, ...(await etagOf(api, changed.value.worker, 'versions')) }) : changed;
  },
  patchSecrets: async (api, { params, body, headers, actor }) => {
    const expected = expectationIn(headers, 'versions');
    if (!expected.ok) return expected;
    const changed = await changeSecrets(api, actor, { worker: params.script_name, changes: body.secrets, expected: expected.value });
    if (!changed.ok) return changed;
    const names = await secretsOf(api, params.script_name);
    if (!names.ok) return names;
    const result = Object.fromEntries(names.value.map((name) => [name, view(name)]));
    return accept({ result, ...(await etagOf(api, changed.value.worker, 'versions')) });
  },
};
