import { Hono, type Context } from 'hono';
import { routePath } from 'hono/route';
import { endpoints, NOT_OFFERED, openApiDocument, ownEndpoints, type Endpoint } from '../contract/index.ts';
import type { Refusal } from '../domain/index.ts';
import { ToldFaults } from './told-faults.ts';
import { transferRoutes } from './transfer-routes.ts';
import { WorldFault, worldFault } from '../files/index.ts';
import { OwnCommits } from '../store/index.ts';
import { hostsOf, type Answer, type Api, type Handler, type Handlers } from './api.ts';
import { tooLarge } from './byte-body.ts';
import { dashboardAnswer, inert } from './dashboard.ts';
import { dashboardFiles } from './dashboard-files.ts';
import { authenticated, enter } from './door.ts';
import { edgeRoutes } from './edge-routes.ts';
import { broken, failure, success } from './envelope.ts';
import { account } from './handlers/account.ts';
import { assets } from './handlers/assets.ts';
import { auditLogs } from './handlers/audit-logs.ts';
import { certificates } from './handlers/certificates.ts';
import { containers } from './handlers/containers.ts';
import { content } from './handlers/content.ts';
import { d1 } from './handlers/d1.ts';
import { d1Transfers } from './handlers/d1-transfers.ts';
import { deployments } from './handlers/deployments.ts';
import { durableObjects } from './handlers/durable-objects.ts';
import { kvBulk } from './handlers/kv-bulk.ts';
import { kvNamespaces } from './handlers/kv-namespaces.ts';
import { kvValues } from './handlers/kv-values.ts';
import { legacy } from './handlers/legacy.ts';
import { logpush } from './handlers/logpush.ts';
import { own } from './handlers/own.ts';
import { preflights } from './handlers/preflight.ts';
import { queueConsumers } from './handlers/queue-consumers.ts';
import { queueMessages } from './handlers/queue-messages.ts';
import { queues } from './handlers/queues.ts';
import { r2Buckets } from './handlers/r2-buckets.ts';
import { r2Objects } from './handlers/r2-objects.ts';
import { scripts } from './handlers/scripts.ts';
import { secrets } from './handlers/secrets.ts';
import { services } from './handlers/services.ts';
import { settings } from './handlers/settings.ts';
import { tails } from './handlers/tails.ts';
import { triggers } from './handlers/triggers.ts';
import { versions } from './handlers/versions.ts';
import { workerVersions } from './handlers/worker-versions.ts';
import { workers } from './handlers/workers.ts';
import { zones } from './handlers/zones.ts';
import { isKnownHost } from './known-host.ts';
import { landingPage } from './landing.ts';
import { metricsText } from './metrics.ts';

const handlers = {
  ...account,
  ...auditLogs,
  ...scripts,
  ...content,
  ...assets,
  ...settings,
  ...versions,
  ...deployments,
  ...preflights,
  ...secrets,
  ...triggers,
  ...tails,
  ...services,
  ...workers,
  ...workerVersions,
  ...legacy,
  ...zones,
  ...kvNamespaces,
  ...kvValues,
  ...kvBulk,
  ...r2Buckets,
  ...r2Objects,
  ...queues,
  ...queueConsumers,
  ...queueMessages,
  ...certificates,
  ...d1,
  ...d1Transfers,
  ...durableObjects,
  ...containers,
  ...logpush,
} satisfies Handlers<typeof endpoints>;

/** What the node server puts beside a request: from where it comes, and the raw response, to know when an answer has left. */
interface Bindings {
  readonly incoming?: { readonly socket: { readonly remoteAddress?: string | undefined } };
  readonly outgoing?: { once(event: 'finish', listener: () => void): unknown; destroy(): unknown };
}

type AppContext = Context<{ Bindings: Bindings }>;

/** With what was logged of it. */
type Served = Api & { readonly toldFaults: ToldFaults };

const CLIENT_V4 = '/client/v4';
const OWN = '/switchback/v1';

/** The control plane's HTTP API. Tests call it without a socket: `app.request(…)`. */
export const createApp = (parts: Api): Hono<{ Bindings: Bindings }> => {
  const api: Served = { ...parts, toldFaults: new ToldFaults() };
  const app = new Hono<{ Bindings: Bindings }>();
  app.use(async (c, next) => {
    const host = c.req.header('host') ?? new URL(c.req.url).host;
    if (!isKnownHost(host, api.apiSettings.allowedHosts)) return failure({ code: 'host_unknown', host });
    return next();
  });
  app.get('/healthz', (c) => c.json({ ok: true }));
  app.get('/readyz', async (c) => {
    const generation = await api.store.read.meta.generation();
    if (api.publisher.behind === undefined) return c.json({ ok: true, generation });
    return c.json({ ok: false, generation, reason: 'The edges cannot be told the newest generation; the status says why.' }, 503);
  });
  const dashboard = api.apiSettings.dashboardFolder === undefined ? undefined : dashboardFiles(api.apiSettings.dashboardFolder);
  if (dashboard === undefined) app.on('GET', ['/', '/sign-in'], async (c) => c.html(landingPage(api, await hostsOf(api))));
  app.get('/metrics', async (c) => {
    const token = await authenticated(api, c.req.raw.headers);
    if (!token.ok) return failure(token.refusal);
    const { text, contentType } = await metricsText(api);
    return c.body(text, 200, { 'content-type': contentType });
  });
  app.get('/openapi.json', (c) => c.json(openApiDocument()));
  mount(app, api, CLIENT_V4, endpoints, handlers);
  mount(app, api, OWN, ownEndpoints, own);
  app.route('/edge/v1', edgeRoutes(api));
  app.route('/', transferRoutes(api));
  for (const [prefix, product] of NOT_OFFERED) {
    for (const path of [CLIENT_V4 + prefix, `${CLIENT_V4}${prefix}/*`])
      app.all(path, async (c) => {
        const token = await authenticated(api, c.req.raw.headers);
        return failure(token.ok ? { code: 'product_not_offered', product } : token.refusal);
      });
  }
  if (dashboard !== undefined) app.get('*', (c, next) => answerOr(next, dashboardAnswer(dashboard, c.req.raw)));
  app.notFound((c) => failure(unrouted(c.req.method, c.req.path)));
  app.onError((error, c) => failed(api, error, c));
  return app;
};

const answerOr = async (next: () => Promise<void>, answer: Response | undefined): Promise<Response | void> => answer ?? next();

const mount = (
  app: Hono<{ Bindings: Bindings }>,
  api: Served,
  base: string,
  family: Readonly<Record<string, Endpoint>>,
  handled: Readonly<Record<string, unknown>>,
): void => {
  // A literal segment stands before a parameter that would match it too.
  const named = Object.entries(family).toSorted(([, a], [, b]) => parameters(a.path) - parameters(b.path));
  for (const [name, endpoint] of named) {
    // Handlers satisfy their family, so the handler of a name takes that name's endpoint.
    const handler = handled[name] as Handler<Endpoint>;
    app.on(endpoint.method, base + endpoint.path + (endpoint.hasRest === true ? '{.+}' : ''), (c) => handle(api, endpoint, handler, c));
  }
};

const parameters = (path: string): number => path.split('/').filter((segment) => segment.startsWith(':')).length;

const handle = async (api: Served, endpoint: Endpoint, handler: Handler<Endpoint>, c: AppContext): Promise<Response> => {
  const commits = new OwnCommits();
  try {
    return await commits.during(() => answered(api, endpoint, handler, c, commits));
  } catch (error) {
    return failed(api, error, c, commits);
  }
};

const answered = async (
  api: Api,
  endpoint: Endpoint,
  handler: Handler<Endpoint>,
  c: AppContext,
  commits: OwnCommits,
): Promise<Response> => {
  const request = await enter(api, endpoint, c.req.raw, paramsOf(endpoint, c), c.env?.incoming?.socket.remoteAddress);
  if (!request.ok) return failure(request.refusal);
  const answer = await handler(api, request.value);
  if (!answer.ok) return failure(answer.refusal);
  const { value } = answer;
  if (value.onSent !== undefined) whenSent(api, c, value.onSent);
  value.cut?.addEventListener('abort', () => c.env?.outgoing?.destroy());
  if (value.raw !== undefined) return request.value.session === undefined ? value.raw : inert(value.raw);
  if (endpoint.method === 'GET' || endpoint.isContent === true) return success(value);
  return success(await confirmed(api, value, commits));
};

/** What is left of a path is decoded once: a key may hold what looks like an escape. */
const paramsOf = (endpoint: Endpoint, c: AppContext): Record<string, string> => {
  const params = c.req.param();
  const name = /:(\w+)$/.exec(endpoint.path)?.[1];
  if (endpoint.hasRest !== true || name === undefined) return params;
  const before = routePath(c).split('/').length - 1;
  const rest = new URL(c.req.url).pathname.split('/').slice(before).join('/');
  return { ...params, [name]: decoded(rest) };
};

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    // A lone percent sign, which wrangler leaves as it is.
    return text;
  }
};

/** Waits until the connected edges serve what was just written; one that does not yet is named, not waited for (I3). */
const confirmed = async (api: Api, answer: Answer, { last, changesRouting }: OwnCommits): Promise<Answer> => {
  // Nothing of this is an edge's.
  if (last !== undefined && !changesRouting) return answer;
  // Its own commit knows its generation: what is stored is answered also where the database has gone since.
  const pending = await api.feed.confirmed(last?.generation ?? (await api.store.read.meta.generation()));
  if (pending.length === 0) return answer;
  const message = `Stored. These edges have not confirmed it yet and follow as soon as they can: ${pending.join(', ')}.`;
  return { ...answer, messages: [...(answer.messages ?? []), message] };
};

/** An answer that is cut off never finishes. */
const whenSent = (api: Api, c: AppContext, onSent: () => Promise<void>): void => {
  const note = () => void onSent().catch((error: unknown) => api.log('an answer could not be noted', { error: String(error) }));
  const outgoing = c.env?.outgoing;
  if (outgoing === undefined) note();
  else outgoing.once('finish', note);
};

/** Cloudflare answers unknown paths and methods in its envelope too; a path that takes other methods says which. */
const unrouted = (method: string, path: string): Refusal => {
  const allowed = [
    ...Object.values(endpoints).map((endpoint) => [CLIENT_V4, endpoint] as const),
    ...Object.values(ownEndpoints).map((endpoint) => [OWN, endpoint] as const),
  ]
    .filter(([base, endpoint]) => new RegExp(`^${base}${endpoint.path.replaceAll(/:\w+/g, '[^/]+')}$`).test(path))
    .map(([, endpoint]) => endpoint.method);
  return allowed.length === 0
    ? { code: 'path_unknown', method, path }
    : { code: 'method_unknown', method, path, allowed: [...new Set(allowed)].toSorted() };
};

/**
 * A failure of the world keeps its reason where the operator can act on it; anything else is ours, and says only where to look.
 * A change that was committed before stays, whatever happened to its answer.
 */
const failed = (
  api: Served,
  error: unknown,
  c: AppContext,
  { last, isInDoubt }: Pick<OwnCommits, 'last' | 'isInDoubt'> = NOTHING,
): Response => {
  // Nobody is there to be answered, and nothing went wrong here.
  if (c.req.raw.signal.aborted) return broken(400, 10013, 'The client is gone.');
  const large = tooLarge(error);
  if (large !== undefined) return failure({ code: 'body_too_large', limit: large.limit, meaning: large.meaning });
  const id = api.ids.hex32();
  const { stack, cause } = error instanceof Error ? error : { stack: undefined, cause: undefined };
  const { method, path } = c.req;
  const isStored = last !== undefined;
  const outcome = isStored ? STORED : isInDoubt ? IN_DOUBT : undefined;
  const isElsewhere = error instanceof WorldFault && outcome === undefined;
  if (!isElsewhere)
    api.log('request failed', { id, method, path, isStored, isInDoubt, error: stack ?? String(error), cause: String(cause ?? '') });
  else if (api.toldFaults.isDue(error.message)) api.log(error.message, { method, path, cause: String(cause ?? '') });
  const fault = worldFault(error);
  return fault === undefined
    ? broken(
        500,
        10013,
        `An internal error happened, and not by your fault. ${outcome === undefined ? '' : `${outcome} `}The server's log has it under ${id}.`,
      )
    : broken(503, 10013, `${fault} ${outcome === undefined ? 'Nothing was changed, and traffic' : `${outcome} Traffic`} is not affected.`);
};

const NOTHING = { last: undefined, isInDoubt: false };

const STORED = 'What was asked for had been stored by then, at least in part: look at it, or at the audit log, before you send it again.';
const IN_DOUBT =
  'Whether it is stored is not known, for the disk did not confirm it: look once the database can be read again, before you send it again.';
