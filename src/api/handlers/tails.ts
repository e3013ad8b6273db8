import { accept, refuse } from '../../base/index.ts';
import type { tailEndpoints } from '../../contract/index.ts';
import { MOST_TAILS, type OpenTail, type TailAnswer, type TailFilter, type TailRequest } from '../../observe/index.ts';
import type { Api, Handlers } from '../api.ts';
import { tailUrl } from '../tail-upgrade.ts';
import { bindingView } from '../views/index.ts';
import { serving, versionOf, workerNamed } from './found.ts';

const tailView = (api: Api, headers: Headers, { id, token, expiresAt }: OpenTail) => ({
  id,
  url: tailUrl(api, headers, token),
  expires_at: new Date(expiresAt).toISOString(),
});

/** `self` is whoever asks. One whose address is not known is nobody. */
const withAddress = ({ client_ip: addresses, ...filter }: TailFilter, own: string | undefined): TailFilter =>
  addresses === undefined ? filter : { ...filter, client_ip: addresses.map((each) => (each === 'self' ? (own ?? each) : each)) };

const NOT_ATTACHED = 'The log is not collected everywhere yet: the first requests may be missing.';

export const tails: Handlers<typeof tailEndpoints> = {
  listTails: async (api, { params, headers }) => {
    const worker = await workerNamed(api, params.script_name);
    if (!worker.ok) return worker;
    const open = (await api.observe.read<readonly OpenTail[]>({ path: `/tails/${worker.value.name}` })) ?? [];
    return accept({ result: open.map((tail) => tailView(api, headers, tail)) });
  },
  getScriptBindings: async (api, { params }) => {
    const found = await serving(api, params.script_name);
    return found.ok ? accept({ result: found.value.version?.bindings.map(bindingView) ?? [] }) : found;
  },
  createTail: async (api, { params, body, headers, actor }) => {
    const worker = await workerNamed(api, params.script_name);
    if (!worker.ok) return worker;
    const { filters = [] } = body;
    for (const { scriptVersion } of filters) {
      const version = scriptVersion === undefined ? undefined : await versionOf(api, worker.value, scriptVersion);
      if (version?.ok === false) return version;
    }
    const { name: script } = worker.value;
    const asked: TailRequest = { script, filters: filters.map((filter) => withAddress(filter, actor.ip)) };
    const answer = await api.observe.read<TailAnswer>({ method: 'POST', path: '/tails', body: asked });
    if (answer === undefined || answer.tail === null) return refuse({ code: 'too_many_tails', name: script, limit: MOST_TAILS });
    return accept({ result: tailView(api, headers, answer.tail), ...(answer.isAttached ? {} : { messages: [NOT_ATTACHED] }) });
  },
  deleteTail: async (api, { params }) => {
    const worker = await workerNamed(api, params.script_name);
    if (!worker.ok) return worker;
    const { tail_id: tailId } = params;
    const path = `/tails/${worker.value.name}/${encodeURIComponent(tailId)}`;
    const ended = await api.observe.read({ method: 'DELETE', path });
    return ended === undefined ? refuse({ code: 'tail_not_found', tailId }) : accept({ result: null });
  },
};
