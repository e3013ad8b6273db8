import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { TestContext } from 'node:test';
import type { Hono } from 'hono';
import { ChangeEvents, createApp, tailUpgrades, type Api } from '../../src/api/index.ts';
import {
  endpoints,
  type BodyOf,
  type Endpoint,
  type EndpointName,
  type Endpoints,
  type ParamsOf,
  type ResultOf,
} from '../../src/contract/index.ts';
import { D1Work } from '../../src/data/index.ts';
import { createToken, LogpushLink, openAccount, Publisher, SignInTries } from '../../src/control/index.ts';
import { ObserveClient, type DestinationRules } from '../../src/observe/index.ts';
import { listenHttp } from '../../src/main/listen.ts';
import { trySplit, tryVersion } from '../../src/runtime/index.ts';
import { accepted, aControlPlane, ADA, type ControlPlane } from './control-plane.ts';
import { dataAt, someData } from './data.ts';
import { aListeningEdge, type ListeningEdge } from './listening-edge.ts';
import { aWorker, type WorkerForm } from './worker-form.ts';

export interface ApiOptions {
  readonly deployableVersions?: number;
  readonly maxUploadBytes?: number;
  readonly allowedHosts?: readonly string[];
  /** What was built of the dashboard. */
  readonly dashboardFolder?: string;
  /** Where Logpush may send. */
  readonly destinations?: Partial<DestinationRules>;
  /** What bindings reach is there too. */
  readonly hasData?: boolean;
}

export type RequestBody = NonNullable<RequestInit['body']>;

/** A refusal as its client sees it. */
export interface Refused {
  readonly status: number;
  readonly code: number;
  readonly message: string;
}

export interface Call<Name extends EndpointName> {
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | number | boolean>>;
  readonly json?: Partial<BodyOf<Endpoints[Name]>> | readonly unknown[] | Readonly<Record<string, unknown>>;
  readonly body?: RequestBody;
  /** In place of Ada's; null sends none. */
  readonly token?: string | null;
}

type Params<Name extends EndpointName> = Omit<ParamsOf<Endpoints[Name]>, 'account_id'>;

interface Envelope {
  readonly success: boolean;
  readonly errors: readonly { readonly code: number; readonly message: string }[];
  readonly messages: readonly { readonly message: string }[];
  readonly result: unknown;
  readonly result_info?: Readonly<Record<string, number | string>>;
}

/**
 * A control plane in this process: real database, module store, vault and runtime, one edge that listens, and the API
 * without a socket. Whatever a test asks, each answer is held to its schema in the contract, each change to its one audit
 * row, and each refusal to having changed nothing.
 */
export const anApi = async (t: TestContext, options: ApiOptions = {}): Promise<TestApi> => {
  const plane = await aControlPlane(t, options);
  const { control, folder } = plane;
  plane.trial = (spec) => tryVersion(spec, { runtimeDir: join(folder, 'run'), modules: control.modules, ...TRIAL });
  plane.splitTrial = (specs) => trySplit(specs, { runtimeDir: join(folder, 'run'), modules: control.modules, ...TRIAL });
  const { account } = await openAccount(control, undefined);
  const token = accepted(await createToken(control, ADA, { name: 'ada', email: 'ada@example.com' }));
  const publisher = new Publisher({ store: control.store, feed: control.feed, baseDomain: 'localhost', log: () => {} });
  const data = options.hasData === true ? await someData(t, folder) : dataAt(t, folder);
  const observe = new ObserveClient(join(folder, 'observe'));
  t.after(() => observe[Symbol.asyncDispose]());
  const d1 = await D1Work.open(data, folder);
  t.after(() => d1[Symbol.asyncDispose]());
  const fileRoot = join(folder, 'logpush-files');
  mkdirSync(fileRoot, { recursive: true });
  const logpush = new LogpushLink({ store: control.store, vault: control.vault, observe, log: () => {} });
  t.after(() => logpush[Symbol.dispose]());
  const events = new ChangeEvents(control, () => {});
  t.after(() => events[Symbol.dispose]());
  const api: Api = {
    ...control,
    account,
    publisher,
    data,
    observe,
    d1,
    logpush,
    events,
    signIns: new SignInTries(),
    apiSettings: {
      destinations: { allowPrivate: false, deniedNetworks: [], fileRoot, ...options.destinations },
      maxUploadBytes: options.maxUploadBytes ?? 10_000_000,
      allowedHosts: options.allowedHosts ?? [],
      controlUrl: 'http://127.0.0.1:7450',
      objectsFolder: join(folder, 'objects'),
      dashboardFolder: options.dashboardFolder,
    },
    edgeAuthority: () => 'localhost:8080',
    edgeToken: 'the-edges-own-token',
    log: (event, detail) => void t.diagnostic(`${event}: ${JSON.stringify(detail)}`),
  };
  return new TestApi(t, api, plane, token.value, await aListeningEdge(publisher, control.feed));
};

/** Small, so that what must run into a limit does so at once. */
const TRIAL = { startupCpuMs: 1000, heapLimitMb: 64 } as const;

export class TestApi {
  readonly api: Api;
  readonly plane: ControlPlane;
  readonly token: string;
  readonly edge: ListeningEdge;
  readonly app: Hono<{ Bindings: object }>;
  readonly #test: TestContext;
  #underWay = 0;

  constructor(test: TestContext, api: Api, plane: ControlPlane, token: string, edge: ListeningEdge) {
    this.#test = test;
    this.api = api;
    this.plane = plane;
    this.token = token;
    this.edge = edge;
    this.app = createApp(api);
  }

  /** The path of an endpoint, with the account's id put in. */
  path(name: EndpointName, params: Readonly<Record<string, string>>): string {
    const all: Readonly<Record<string, string>> = { account_id: this.api.account.id, ...params };
    return `/client/v4${endpoints[name].path.replaceAll(/:(\w+)/g, (_, param: string) => encodeURIComponent(all[param] ?? ''))}`;
  }

  /** One request, whatever comes of it. */
  send(method: string, path: string, init: Pick<Call<EndpointName>, 'headers' | 'body' | 'token'> = {}): Promise<Response> {
    const { token = this.token, body } = init;
    const headers = new Headers(init.headers);
    if (token !== null) headers.set('authorization', `Bearer ${token}`);
    const streams = body instanceof ReadableStream ? { duplex: 'half' as const } : {};
    return Promise.resolve(this.app.request(path, { method, headers, ...streams, ...(body === undefined ? {} : { body }) }));
  }

  async response<Name extends EndpointName>(name: Name, params: Params<Name>, call: Call<Name> = {}): Promise<Response> {
    const { query = {}, json, ...init } = call;
    const search = new URLSearchParams(Object.entries(query).map(([key, value]): [string, string] => [key, String(value)])).toString();
    const path = `${this.path(name, params as Readonly<Record<string, string>>)}${search === '' ? '' : `?${search}`}`;
    return this.send(endpoints[name].method, path, json === undefined ? init : { ...init, body: JSON.stringify(json) });
  }

  /** A call that succeeds: its envelope, the result typed and checked by the contract. */
  async answer<Name extends EndpointName>(
    name: Name,
    params: Params<Name>,
    call: Call<Name> = {},
  ): Promise<Omit<Envelope, 'result'> & { readonly result: ResultOf<Endpoints[Name]> }> {
    const endpoint: Endpoint = endpoints[name];
    const [before, envelope, after] = await this.#alone(async () => envelopeOf(await this.response(name, params, call)));
    assert.ok(envelope.success, `${name} was refused: ${JSON.stringify(envelope.errors)}`);
    assert.deepEqual(endpoint.result.parse(envelope.result), envelope.result, `${name} answers what its schema says`);
    for (const message of envelope.messages) assert.deepEqual(Object.keys(message), ['code', 'message']);
    if (envelope.result_info !== undefined)
      assert.ok(LIST_MEMBERS.has(Object.keys(envelope.result_info).join()), 'it is described as a page or by a cursor');
    const isChange = endpoint.method !== 'GET' && endpoint.isContent !== true && name !== 'domainsChangeset';
    if (before !== undefined) assert.equal(after?.audit, before.audit + (isChange ? 1 : 0), `${name} and its audit row`);
    // It equals what its own schema made of it.
    return envelope as never;
  }

  async ok<Name extends EndpointName>(name: Name, params: Params<Name>, call: Call<Name> = {}): Promise<ResultOf<Endpoints[Name]>> {
    return (await this.answer(name, params, call)).result;
  }

  /** A call that is refused, and changes nothing (D-13). */
  async refused<Name extends EndpointName>(name: Name, params: Params<Name>, call: Call<Name> = {}): Promise<Refused> {
    return this.refusedBy(() => this.response(name, params, call));
  }

  async refusedBy(send: () => Promise<Response>): Promise<Refused> {
    const [before, answered, after] = await this.#alone(async () => {
      const response = await send();
      return { status: response.status, envelope: await envelopeOf(response) };
    });
    assert.deepEqual(after, before);
    const { status, envelope } = answered;
    assert.equal(envelope.success, false, 'it was not refused');
    assert.deepEqual([envelope.result, envelope.messages], [null, []]);
    const [error] = envelope.errors;
    assert.ok(error !== undefined);
    return { status, code: error.code, message: envelope.errors.map(({ message }) => message).join(' | ') };
  }

  upload(name: string, worker: WorkerForm = {}) {
    return this.ok('putScript', { script_name: name }, { body: aWorker(worker) }) as Promise<
      Extract<ResultOf<Endpoints['putScript']>, { etag: string }>
    >;
  }

  uploadVersion(name: string, worker: WorkerForm = {}) {
    return this.ok('createVersion', { script_name: name }, { body: aWorker(worker), query: { bindings_inherit: 'strict' } });
  }

  /** A version of a Worker that is there already, else of a new one. */
  async uploadAfterFirst(name: string, worker: WorkerForm = {}) {
    if (!(await this.ok('listScripts', {})).some(({ id }) => id === name)) await this.upload(name);
    return this.uploadVersion(name, worker);
  }

  deploy(name: string, shares: Readonly<Record<string, number>>, call: Call<'createDeployment'> = {}) {
    return this.ok('createDeployment', { script_name: name }, { json: aSplit(shares), ...call });
  }

  async active(name: string) {
    const [deployment] = (await this.ok('listDeployments', { script_name: name })).deployments;
    assert.ok(deployment !== undefined, `nothing of ${name} is deployed`);
    return deployment;
  }

  /** Everything that a refused request must leave as it is: each row of the database, and the table that the edge serves. */
  world() {
    using database = new DatabaseSync(join(this.plane.folder, 'switchback.db'), { readOnly: true });
    const tables = database.prepare("select name from sqlite_master where type = 'table' and name not like 'kysely%' order by name").all();
    const rows = tables.map(({ name }) => [name, database.prepare(`select * from "${String(name)}"`).all()] as const);
    const audit = rows.find(([name]) => name === 'audit')?.[1].length ?? 0;
    return { rows, audit, table: this.edge.table() };
  }

  /** The same API on a real socket; answers its address. */
  async listen(): Promise<string> {
    const { observe, apiSettings } = this.api;
    const http = await listenHttp('127.0.0.1', 0, () => this.app, tailUpgrades(observe, apiSettings.allowedHosts));
    this.#test.after(() => http.close());
    return http.url;
  }

  /** The world before and after, unless other requests run at the same time. */
  async #alone<Value>(work: () => Promise<Value>) {
    this.#underWay += 1;
    // What the answers before noted is written by now.
    await this.api.store.snapshot(async () => {});
    const before = this.#underWay === 1 ? this.world() : undefined;
    try {
      const value = await work();
      return [before, value, before === undefined || this.#underWay > 1 ? before : this.world()] as const;
    } finally {
      this.#underWay -= 1;
    }
  }
}

const LIST_MEMBERS: ReadonlySet<string> = new Set([
  'page,per_page,count,total_count,total_pages',
  'count,cursor',
  'count,cursor,cursors',
  'count',
  'count,cursor,is_truncated,delimited',
  'count,is_truncated,delimited',
]);

/** `{ versionId: percentage }` as the body of a deployment. */
export const aSplit = (shares: Readonly<Record<string, number>>) => ({
  strategy: 'percentage' as const,
  versions: Object.entries(shares).map(([version_id, percentage]) => ({ version_id, percentage })),
});

export const envelopeOf = async (response: Response): Promise<Envelope> => {
  assert.match(response.headers.get('content-type') ?? '', /^application\/json/);
  const envelope = (await response.json()) as Envelope;
  assert.deepEqual([typeof envelope.success, Array.isArray(envelope.errors), Array.isArray(envelope.messages)], ['boolean', true, true]);
  return envelope;
};
