import type { Result } from '../base/index.ts';
import type { Account, Actor, Control, LogpushLink, Publisher, SignedIn, SignInTries } from '../control/index.ts';
import type { BodyOf, Endpoint, ParamsOf, QueryOf, ResultOf } from '../contract/index.ts';
import type { D1Work, DataClient } from '../data/index.ts';
import type { Refusal } from '../domain/index.ts';
import type { DestinationRules, ObserveClient } from '../observe/index.ts';
import type { Token } from '../store/index.ts';
import type { ChangeEvents } from './change-events.ts';
import type { UploadForm } from './form/index.ts';
import type { Hosts } from './views/index.ts';

/** What the handlers work with. */
export interface Api extends Control {
  readonly account: Account;
  /** What bindings reach. */
  readonly data: DataClient;
  readonly d1: D1Work;
  /** Keeps those who send what was observed told of it. */
  readonly logpush: LogpushLink;
  /** What was observed of Workers. */
  readonly observe: ObserveClient;
  /** Sends the routing table and its changes to the edges. */
  readonly publisher: Publisher;
  /** Tells readers what is changed. */
  readonly events: ChangeEvents;
  /** Which sign-ins failed. */
  readonly signIns: SignInTries;
  readonly apiSettings: {
    /** Bytes of a whole upload. */
    readonly maxUploadBytes: number;
    /** Host names beside loopback and IP addresses under which the API may be called. */
    readonly allowedHosts: readonly string[];
    readonly controlUrl: string;
    /** Where Logpush may send. */
    readonly destinations: DestinationRules;
    /** What was built of the dashboard; it may be missing. */
    readonly dashboardFolder?: string | undefined;
    /** Where objects of Durable Objects are stored, where that is on this machine. */
    readonly objectsFolder?: string | undefined;
  };
  /** Where Workers answer, as an edge last reported. */
  readonly edgeAuthority: () => string;
  /** What edges show to read the feed. */
  readonly edgeToken: string;
  readonly log: (event: string, detail: Readonly<Record<string, unknown>>) => void;
}

/** A request after the door: known token, parsed and typed. */
export interface Incoming<E extends Endpoint = Endpoint> {
  readonly params: ParamsOf<E>;
  readonly query: QueryOf<E>;
  readonly body: BodyOf<E>;
  /** The upload's files, where the endpoint takes a form. */
  readonly form: UploadForm | undefined;
  readonly headers: Headers;
  readonly token: IsOpen<E, undefined, Token>;
  readonly actor: IsOpen<E, Pick<Actor, 'source' | 'ip'>, Actor>;
  /** Where the caller is signed in with a cookie. */
  readonly session: E extends { readonly auth: 'session' } ? SignedIn : SignedIn | undefined;
  /** Aborted when the client is gone before its answer has left. */
  readonly client: AbortSignal;
}

/** What is known of whom, where an endpoint asks nobody who they are. */
type IsOpen<E extends Endpoint, Open, Known> = E extends { readonly auth: 'none' } ? Open : Known;

export interface Answer<Value = unknown> {
  readonly result: Value;
  readonly resultInfo?: unknown;
  readonly messages?: readonly string[];
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Bytes instead of the envelope. */
  readonly raw?: Response;
  /** Aborted where the connection of a `raw` answer is to be cut, whether or not its client reads. */
  readonly cut?: AbortSignal;
  /** Runs once the answer has left for the client. */
  readonly onSent?: () => Promise<void>;
}

export type Handler<E extends Endpoint> = (api: Api, request: Incoming<E>) => Promise<Result<Answer<ResultOf<E>>, Refusal>>;

export type Handlers<Family extends Readonly<Record<string, Endpoint>>> = { readonly [Name in keyof Family]: Handler<Family[Name]> };

export const hostsOf = async (api: Api): Promise<Hosts> => ({
  scheme: api.feed.status().some(({ connected, url }) => connected && url.startsWith('https:')) ? 'https' : 'http',
  subdomain: (await api.store.read.meta.get('subdomain')) ?? '',
  authority: api.edgeAuthority(),
});
