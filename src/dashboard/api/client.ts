import type { z } from 'zod';
import { routes } from 'virtual:contract';
import type { BodyOf, Endpoint, Endpoints, ownEndpoints, ParamsOf, ResultOf } from '../../contract/index.ts';

/** Every call of the public API, Cloudflare's and our own. */
type Family = Endpoints & typeof ownEndpoints;
export type EndpointName = keyof Family;

export type Result<Name extends EndpointName> = ResultOf<Family[Name]>;
type Params<Name extends EndpointName> = Omit<ParamsOf<Family[Name]>, 'account_id'>;
type Query<E> = E extends { readonly query: infer Q extends z.ZodObject } ? z.input<Q> : Readonly<Record<string, never>>;
type Input<E extends Endpoint> = E extends { readonly body: { readonly schema: infer S extends z.ZodType } } ? z.input<S> : BodyOf<E>;

export type Call<Name extends EndpointName> = (keyof Params<Name> extends never ? object : { readonly params: Params<Name> }) & {
  /** What is undefined is not asked for. */
  readonly query?: { readonly [Key in keyof Query<Family[Name]>]?: Query<Family[Name]>[Key] | undefined };
  readonly body?: Input<Family[Name]> | FormData;
  /** The `etag` of what the person was looking at: where it has changed since, nothing is done. */
  readonly ifMatch?: string | undefined;
  readonly signal?: AbortSignal;
};

export interface Answer<Value> {
  readonly result: Value;
  readonly resultInfo: { readonly total_count?: number; readonly cursor?: string; readonly page?: number; readonly per_page?: number };
  /** What the API has to say beside the result: a warning, or edges that are late. */
  readonly messages: readonly string[];
  readonly etag: string | undefined;
}

/** The API's own refusal. Its words are shown as they are. */
export class ApiFailure extends Error {
  override readonly name = 'ApiFailure';
  readonly status: number;
  readonly code: number;
  readonly errors: readonly { readonly code: number; readonly message: string }[];

  constructor(status: number, errors: ApiFailure['errors']) {
    super(errors.map(({ message }) => message).join(' '));
    this.status = status;
    this.code = errors[0]?.code ?? status;
    this.errors = errors;
  }
}

/** Of whoever is signed in: what its calls need, and whether one that was refused is worth another try. */
export const caller = {
  accountId: '',
  csrfToken: '',
  userId: '',
  /** How many have left. */
  left: 0,
  mayTryAgain: undefined as ((failure: ApiFailure) => Promise<boolean>) | undefined, // Its type: who looks after sessions sets it.
};

interface AnyCall {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
  readonly ifMatch?: string | undefined;
  readonly signal?: AbortSignal;
}

/** Where a call goes, with its query. */
export const addressOf = <Name extends EndpointName>(
  name: Name,
  { params = {}, query = {} }: Pick<AnyCall, 'params' | 'query'>,
): string => {
  const [, path = ''] = routes[name] ?? [];
  const all: Readonly<Record<string, string>> = { account_id: caller.accountId, ...params };
  const filled = path.replaceAll(/:(\w+)/g, (_, key: string) => encodeURIComponent(all[key] ?? ''));
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) if (value !== undefined) search.set(key, String(value));
  return search.size === 0 ? filled : `${filled}?${search}`;
};

/** Whoever asked is told, and nobody who has come after: to them there was no question, so it has no end. */
const toWhoAsked = async <Value>(answer: () => Promise<Value>): Promise<Value> => {
  const { left } = caller;
  const [outcome] = await Promise.allSettled([answer()]);
  if (caller.left !== left) return new Promise(() => undefined);
  if (outcome.status === 'rejected') throw outcome.reason;
  return outcome.value;
};

/** The raw answer: for bytes and forms. A refusal is thrown. */
export const fetchRaw = <Name extends EndpointName>(name: Name, call: Call<Name>): Promise<Response> =>
  toWhoAsked(() => fetchTwice(name, call));

const fetchTwice = async <Name extends EndpointName>(name: Name, call: Call<Name>): Promise<Response> => {
  // Which of them an endpoint takes was checked by the compiler.
  const asked = call as AnyCall;
  const response = await fetchOnce(name, asked);
  if (response.ok) return response;
  const failure = new ApiFailure(response.status, await errorsIn(response));
  const again = (await caller.mayTryAgain?.(failure)) === true ? await fetchOnce(name, asked) : undefined;
  if (again?.ok === true) return again;
  throw again === undefined ? failure : new ApiFailure(again.status, await errorsIn(again));
};

const fetchOnce = (name: EndpointName, { body, ifMatch, signal, ...where }: AnyCall): Promise<Response> => {
  const [method = 'GET'] = routes[name] ?? [];
  const isForm = body instanceof FormData;
  return fetch(addressOf(name, where), {
    method,
    headers: {
      ...(method === 'GET' ? {} : { 'x-switchback-csrf': caller.csrfToken }),
      ...(body === undefined || isForm ? {} : { 'content-type': 'application/json' }),
      ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
    },
    ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  });
};

/** Calls the API. A refusal is thrown as an `ApiFailure`. */
export const call = <Name extends EndpointName>(name: Name, options: Call<Name>): Promise<Answer<Result<Name>>> =>
  toWhoAsked(() => answerOf(name, options));

const answerOf = async <Name extends EndpointName>(name: Name, options: Call<Name>): Promise<Answer<Result<Name>>> => {
  const response = await fetchTwice(name, options);
  const envelope = (await response.json()) as {
    readonly result: Result<Name>;
    readonly result_info?: Answer<unknown>['resultInfo'];
    readonly messages?: readonly { readonly message: string }[];
  };
  return {
    result: envelope.result,
    resultInfo: envelope.result_info ?? {},
    messages: (envelope.messages ?? []).map(({ message }) => message),
    etag: response.headers.get('etag') ?? undefined,
  };
};

const errorsIn = async (response: Response): Promise<ApiFailure['errors']> => {
  const envelope = (await response.json().catch(() => ({}))) as { readonly errors?: ApiFailure['errors'] };
  if (envelope.errors !== undefined && envelope.errors.length > 0) return envelope.errors;
  return [{ code: response.status, message: `The server answered ${response.status} ${response.statusText}.` }];
};
