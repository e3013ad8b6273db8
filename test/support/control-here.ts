import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ChangeEvents, createApp } from '../../src/api/index.ts';
import { randomIds, systemClock } from '../../src/base/index.ts';
import {
  AwaitedAnswers,
  EdgeFeed,
  Lanes,
  LogpushLink,
  openAccount,
  Publisher,
  SignInTries,
  type Control,
} from '../../src/control/index.ts';
import { D1Work, DataClient } from '../../src/data/index.ts';
import type { FeedMessage } from '../../src/domain/index.ts';
import { ModuleStore, openVault } from '../../src/files/index.ts';
import { ObserveClient } from '../../src/observe/index.ts';
import { trySplit, tryVersion } from '../../src/runtime/index.ts';
import { openSqlite, Store } from '../../src/store/index.ts';

/** What a test asks of a control plane, wherever that runs. */
export interface ControlPlaneAsked extends AsyncDisposable {
  /** One call of its API. A path without a slash in front is one of the account's. */
  call(method: string, path: string, body?: unknown): Promise<{ readonly status: number; readonly result: unknown }>;
  readonly accountId: string;
  readonly operatorToken: string;
  /** Any request to its API. */
  request(path: string, init: RequestInit): Promise<Response>;
  /** The routing table that an edge gets when it joins. */
  table(): Promise<unknown>;
}

export interface ControlOptions {
  /** What it takes the time from, and how it tries a version, where that is not to be done. */
  readonly more?: Partial<Pick<Control, 'clock' | 'tryVersion'>>;
  /** The folder of the data process's sockets; without one, what needs that process fails. */
  readonly dataFolder?: string;
  /** Whether Logpush may send to this machine. */
  readonly allowsPrivate?: boolean;
}

/** Opens the control plane of a data directory in this process: what the program does, without its second of starting. */
export const openControl = async (
  folder: string,
  { more = {}, dataFolder = folder, allowsPrivate = false }: ControlOptions = {},
): Promise<ControlPlaneAsked> => {
  await using opening = new AsyncDisposableStack();
  const store = opening.adopt(new Store(await openSqlite(folder)), (opened) => opened.close());
  const modules = new ModuleStore(join(folder, 'modules'));
  const control: Control = {
    store,
    modules,
    vault: await openVault(join(folder, 'secrets.key')),
    feed: new EdgeFeed(),
    lanes: new Lanes(),
    awaited: new AwaitedAnswers(),
    upcoming: new Map(),
    clock: systemClock,
    ids: randomIds,
    tryVersion: (spec) => tryVersion(spec, { runtimeDir: join(folder, 'run'), modules, startupCpuMs: 5000, heapLimitMb: 128 }),
    trySplit: (specs) => trySplit(specs, { runtimeDir: join(folder, 'run'), modules, startupCpuMs: 5000, heapLimitMb: 128 }),
    settings: { deployableVersions: 100, baseDomain: 'localhost' },
    ...more,
  };
  const { account, operatorToken } = await openAccount(control, knownToken(join(folder, 'credentials')));
  const publisher = new Publisher({ store, feed: control.feed, baseDomain: 'localhost', log: () => {} });
  const data = new DataClient(dataFolder);
  const observe = new ObserveClient(folder);
  const d1 = await D1Work.open(data, folder);
  const app = createApp({
    ...control,
    account,
    publisher,
    data,
    observe,
    logpush: new LogpushLink({ store, vault: control.vault, observe, log: () => {} }),
    events: new ChangeEvents(control, () => {}),
    signIns: new SignInTries(),
    d1,
    apiSettings: {
      maxUploadBytes: 10_000_000,
      allowedHosts: [],
      controlUrl: 'http://127.0.0.1',
      destinations: { allowPrivate: allowsPrivate, deniedNetworks: [], fileRoot: undefined },
    },
    edgeAuthority: () => 'localhost',
    edgeToken: '',
    log: () => {},
  });
  opening.move();
  return {
    accountId: account.id,
    operatorToken,
    request: async (path, init) => app.request(path, init),
    call: async (method, path, body) => {
      const whole = path.startsWith('/') ? path : `/accounts/${account.id}/${path}`;
      const sent = body === undefined ? {} : { body: body instanceof FormData ? body : JSON.stringify(body) };
      const response = await app.request(`/client/v4${whole}`, { method, headers: { authorization: `Bearer ${operatorToken}` }, ...sent });
      const { result } = (await response.json()) as { readonly result: unknown };
      return { status: response.status, result };
    },
    table: async () => {
      const { promise, resolve } = Promise.withResolvers<FeedMessage>();
      const leave = await publisher.join('test', resolve);
      const message = await promise;
      leave();
      return message.type === 'table' ? message.table : undefined;
    },
    [Symbol.asyncDispose]: async () => {
      await publisher.close();
      await data[Symbol.asyncDispose]();
      await observe[Symbol.asyncDispose]();
      await d1[Symbol.asyncDispose]();
      await store.close();
    },
  };
};

const knownToken = (file: string): string | undefined =>
  existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { readonly api_token: string }).api_token : undefined;
