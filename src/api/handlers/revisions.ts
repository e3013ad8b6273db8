import { accept, refuse, type Result } from '../../base/index.ts';
import { revise, sealed, type Revised } from '../../control/index.ts';
import type { BodyOf, ownEndpoints, revisionEndpoints } from '../../contract/index.ts';
import {
  isBindingName,
  MOST_BINDINGS,
  percentageOf,
  resolveBindings,
  type Binding,
  type Refusal,
  type VersionCode,
} from '../../domain/index.ts';
import type { Worker } from '../../store/index.ts';
import type { Api, Handlers } from '../api.ts';
import { requestedBindings } from '../bindings.ts';
import { etag, expectationIn } from '../if-match.ts';
import { workerNamed } from './found.ts';

type Asked = BodyOf<(typeof ownEndpoints)['createRevision']>;

/** Each binding that is asked for in the place of the one of its name, whatever that was; all others as they are. */
const bindingsWith = (api: Api, env: NonNullable<Asked['env']>, before: readonly Binding[], worker: Worker) => {
  const given = Object.entries(env).flatMap(([name, binding]) => (binding === null ? [] : [{ ...binding, name }]));
  const requested = requestedBindings(given);
  if (!requested.ok) return requested;
  return resolveBindings({
    requested: requested.value,
    previous: before.filter(({ name }) => env[name] !== null),
    keepTypes: [...new Set(before.map(({ type }) => type)), 'secret_text'],
    strictInherit: true,
    versionById: () => undefined,
    seal: (text) => sealed(api, worker.tag, text),
  });
};

const codeWith =
  (api: Api, asked: Asked) =>
  (code: VersionCode, worker: Worker): Result<VersionCode, Refusal> => {
    const bindings = asked.env === undefined ? accept(code.bindings) : bindingsWith(api, asked.env, code.bindings, worker);
    if (!bindings.ok) return bindings;
    return accept({
      ...code,
      bindings: bindings.value,
      compatibilityDate: asked.compatibility_date ?? code.compatibilityDate,
      compatibilityFlags: asked.compatibility_flags ?? code.compatibilityFlags,
      usageModel: asked.usage_model ?? code.usageModel,
      limits: asked.limits ?? code.limits,
      placement: asked.placement === undefined ? code.placement : (asked.placement ?? undefined),
    });
  };

const CHANGING = ['env', 'compatibility_date', 'compatibility_flags', 'usage_model', 'limits', 'placement'] as const;

const membersOf = (asked: Asked) =>
  CHANGING.filter((member) => asked[member] !== undefined && (member !== 'env' || Object.keys(asked.env ?? {}).length > 0));

/** The bindings of what is revised: the newest version, and those that serve where that is deployed. */
const boundBy = async (api: Api, name: string, { deploy }: Asked): Promise<Result<readonly Binding[], Refusal>> => {
  const worker = await workerNamed(api, name);
  if (!worker.ok) return worker;
  const { versions, deployments } = api.store.read;
  const newest = await versions.newest(worker.value.tag);
  const active = deploy ? await deployments.active(worker.value.tag) : undefined;
  const serving = await versions.byIds(worker.value.tag, active?.split.map(({ versionId }) => versionId) ?? []);
  return accept([...serving, ...(newest === undefined ? [] : [newest])].flatMap(({ bindings }) => bindings));
};

/** Names are in the audit row, those that are taken away too: they are held to what names may be, and nothing is taken away that is not there. */
const checkNames = ({ env = {} }: Asked, bound: readonly Binding[]): Result<null, Refusal> => {
  const names = Object.keys(env);
  if (names.length > MOST_BINDINGS) return refuse({ code: 'too_many_bindings', count: names.length, limit: MOST_BINDINGS });
  const wrong = names.find((binding) => !isBindingName(binding));
  if (wrong !== undefined)
    return refuse({ code: 'binding_invalid', name: wrong.slice(0, 100), fault: 'its name must be 1 to 255 characters without spaces' });
  const known = new Set(bound.map(({ name }) => name));
  const unknown = names.find((binding) => env[binding] === null && !known.has(binding));
  return unknown === undefined
    ? accept(null)
    : refuse({ code: 'request_invalid', faults: [`body.env: there is no binding ${JSON.stringify(unknown)} to take away`] });
};

/** What was asked for by name, for the audit row: never a value. */
const detailOf = (asked: Asked) => ({
  members: membersOf(asked),
  ...(asked.env === undefined ? {} : { bindings: Object.keys(asked.env) }),
});

/** How it is told later: as a change of secrets, where it is nothing else. One that is taken away is what it was. */
const isOfSecrets = (asked: Asked, bound: readonly Binding[]): boolean =>
  CHANGING.every((member) => member === 'env' || asked[member] === undefined) &&
  Object.entries(asked.env ?? {}).every(([name, binding]) => {
    const types = binding === null ? bound.filter((each) => each.name === name).map(({ type }) => type) : [binding.type];
    return types.every((type) => type === 'secret_text');
  });

const revisedView = ({ versions, deployment }: Revised) => {
  const numbers = new Map(versions.map(({ id, number }) => [id, number]));
  return {
    versions: versions.map(({ id, number }) => ({ version_id: id, number })),
    deployment:
      deployment === undefined
        ? null
        : {
            id: deployment.id,
            versions: deployment.split.map(({ versionId, share }) => ({
              version_id: versionId,
              // Each version that serves was revised, so it is one of those.
              number: numbers.get(versionId) ?? 0,
              percentage: percentageOf(share),
            })),
          },
  };
};

export const revisions: Handlers<typeof revisionEndpoints> = {
  createRevision: async (api, { params, body, headers, actor }) => {
    const expected = expectationIn(headers, 'settings');
    if (!expected.ok) return expected;
    if (membersOf(body).length === 0) {
      return refuse({ code: 'request_invalid', faults: ['body: there is nothing to change'] });
    }
    const bound = await boundBy(api, params.name, body);
    if (!bound.ok) return bound;
    const names = checkNames(body, bound.value);
    if (!names.ok) return names;
    const revised = await revise(api, actor, {
      worker: params.name,
      change: codeWith(api, body),
      of: body.deploy ? 'deployed' : 'newest',
      annotations: { message: body.message, tag: body.tag },
      expected: expected.value,
      triggeredBy: isOfSecrets(body, bound.value) ? 'secret' : 'upload',
      action: 'settings.patch',
      detail: detailOf(body),
    });
    if (!revised.ok) return revised;
    return accept({ result: revisedView(revised.value), ...etag(revised.value.tags.settings) });
  },
};
