import { isUtf8 } from 'node:buffer';
import type { z } from 'zod';
import { accept, refuse, unreachable, type Result } from '../base/index.ts';
import { assetClaims, authorOf, tokenHash, type Actor, type SignedIn } from '../control/index.ts';
import type { Body, Endpoint } from '../contract/index.ts';
import type { Refusal, Source } from '../domain/index.ts';
import type { Token } from '../store/index.ts';
import type { Api, Incoming } from './api.ts';
import { byteBody } from './byte-body.ts';
import { faultsIn, isTooDeep, TOO_DEEP } from './faults.ts';
import { parsedJson } from './json.ts';
import { readUploadForm, type FormRefusal, type UploadForm } from './form/index.ts';
import { fromOurPage, sessionValue, signedIn } from './session-door.ts';

const MOST_JSON_BYTES = 4 * 1024 * 1024;
const MOST_METADATA_BYTES = 1024 * 1024;
const MOST_PARTS = 2_000;
const MOST_PART_NAME_BYTES = 512;

/** Everything that is checked before a handler sees a request; inside, its types are trusted. */
export const enter = async (
  api: Api,
  endpoint: Endpoint,
  request: Request,
  params: Record<string, string>,
  address?: string,
): Promise<Result<Incoming, Refusal>> => {
  const caller = await callerOf(api, endpoint, request);
  if (!caller.ok) return caller;
  const accountId = params['account_id'];
  if (accountId !== undefined && !isThisAccount(api, accountId)) return refuse({ code: 'account_foreign', accountId });
  const query = parsed(endpoint.query, queryIn(endpoint, new URL(request.url).searchParams), 'query');
  if (!query.ok) return query;
  const read = await readBody(api, endpoint, request);
  if (!read.ok) return read;
  return accept({
    // Each is typed by the endpoint it was parsed for.
    params: params as never,
    query: (query.value ?? {}) as never,
    body: read.value.body as never,
    form: read.value.form,
    headers: request.headers,
    // Only where the endpoint asks nobody who they are is there none.
    token: caller.value.token as never,
    actor: actorOf(caller.value, request.headers, address) as never,
    session: caller.value.session,
    client: request.signal,
  });
};

/**
 * There is one account, and a project may carry the id it has at Cloudflare in its configuration, which clients put
 * before ours: any id of that form is this account, so that such a project deploys unchanged. The token decides, not the id.
 */
const isThisAccount = (api: Api, accountId: string): boolean => accountId === api.account.id || /^[0-9a-f]{32}$/.test(accountId);

interface Caller {
  readonly token: Token | undefined;
  readonly session?: SignedIn;
}

/** Who asks. A token that is sent goes before a cookie, which a browser adds by itself. */
const callerOf = async (api: Api, { auth }: Endpoint, { method, headers }: Request): Promise<Result<Caller, Refusal>> => {
  if (auth === 'none') {
    const ours = fromOurPage(headers);
    return ours.ok ? accept({ token: undefined }) : ours;
  }
  if (auth === 'asset_session') return bearing(await sessionsToken(api, headers));
  if (auth !== 'session' && (headers.has('authorization') || headers.has('x-auth-key'))) return bearing(await authenticated(api, headers));
  const value = sessionValue(api, headers);
  if (value === undefined) return refuse({ code: auth === 'session' ? 'session_missing' : 'token_missing' });
  const session = await signedIn(api, method, headers, value);
  return session.ok ? accept({ token: session.value.token, session: session.value }) : session;
};

const bearing = (token: Result<Token, Refusal>): Result<Caller, Refusal> => (token.ok ? accept({ token: token.value }) : token);

/** Whose token the request shows. */
export const authenticated = async (api: Api, headers: Headers): Promise<Result<Token, Refusal>> => {
  const bearer = bearerOf(headers);
  const presented = bearer ?? headers.get('x-auth-key') ?? undefined;
  if (presented === undefined) return refuse({ code: 'token_missing' });
  const token = await api.store.read.tokens.byHash(tokenHash(presented.trim()));
  return token === undefined ? refuse({ code: 'token_wrong' }) : accept(token);
};

const queryIn = ({ repeated = [] }: Endpoint, params: URLSearchParams): Readonly<Record<string, unknown>> => ({
  ...Object.fromEntries(params),
  ...Object.fromEntries(repeated.filter((name) => params.has(name)).map((name) => [name, params.getAll(name)])),
});

/** Who opened the upload session that the request shows the token of, as long as that one's own token is not revoked. */
const sessionsToken = async (api: Api, headers: Headers): Promise<Result<Token, Refusal>> => {
  const jwt = bearerOf(headers);
  if (jwt === undefined) return refuse({ code: 'token_missing' });
  const claims = assetClaims(api, jwt, 'upload');
  if (!claims.ok) return claims;
  const token = await api.store.read.tokens.byId(claims.value.token);
  return token === undefined ? refuse({ code: 'token_wrong' }) : accept(token);
};

export const bearerOf = (headers: Headers): string | undefined => /^Bearer (.+)$/i.exec(headers.get('authorization') ?? '')?.[1];

const actorOf = ({ token, session }: Caller, headers: Headers, address: string | undefined): Partial<Actor> => ({
  ...(token === undefined ? {} : { author: authorOf(token) }),
  source: session === undefined ? sourceOf(headers.get('user-agent') ?? '') : 'dash',
  // On a socket of both families an IPv4 address is written as one of IPv6; what follows a percent sign is our own interface.
  ip: address?.replace(/^::ffff:(?=[\d.]+$)/i, '').replace(/%.*$/, ''),
});

const sourceOf = (userAgent: string): Source => {
  if (/\bwrangler\//i.test(userAgent)) return 'wrangler';
  if (userAgent.startsWith('switchback/')) return 'cli';
  return /\bterraform\b/i.test(userAgent) ? 'terraform' : 'api';
};

interface ReadBody {
  readonly body: unknown;
  readonly form: UploadForm | undefined;
}

const readBody = async (api: Api, endpoint: Endpoint, request: Request): Promise<Result<ReadBody, Refusal>> => {
  const { body } = endpoint;
  if (body === undefined) return accept({ body: undefined, form: undefined });
  if (body.kind === 'bytes') {
    const bytes = byteBody(request, body.maxBytes, body.limit);
    return bytes.ok ? accept({ body: bytes.value, form: undefined }) : bytes;
  }
  const isForm = /multipart\/form-data/i.test(request.headers.get('content-type') ?? '');
  if (body.kind === 'json' || (body.kind === 'json_or_upload' && !isForm)) {
    const holdsModules = body.kind === 'json' && body.holdsModules === true;
    const mayBeEmpty = body.kind === 'json' && body.mayBeEmpty === true;
    const json = await readJson(request, holdsModules ? api.apiSettings.maxUploadBytes : jsonLimit(body), mayBeEmpty);
    if (!json.ok)
      return holdsModules && json.refusal.code === 'body_too_large' ? refuse({ ...json.refusal, code: 'upload_too_large' }) : json;
    const value = parsed(body.schema, json.value, 'body');
    return value.ok ? accept({ body: value.value, form: undefined }) : value;
  }
  const form = await readForm(api, request, body.kind === 'upload' && body.isVersionOnly === true);
  if (!form.ok) return form;
  const schema = body.kind === 'upload' ? body.metadata : body.schema;
  const json = form.value.settings ?? form.value.metadata;
  if (json === undefined) return accept({ body: undefined, form: form.value });
  const value = parsed(schema, json, 'metadata');
  return value.ok ? accept({ body: value.value, form: form.value }) : value;
};

const jsonLimit = (body: Body): number => (body.kind === 'json' ? body.maxBytes : undefined) ?? MOST_JSON_BYTES;

/** JSON whatever the content type says: wrangler labels much of it text/plain. */
const readJson = async (request: Request, limit: number, mayBeEmpty: boolean): Promise<Result<unknown, Refusal>> => {
  const bytes = await bytesOf(request, limit);
  if (bytes === undefined) return refuse({ code: 'body_too_large', limit });
  if (bytes.length === 0 && mayBeEmpty) return accept({});
  if (bytes.length === 0) return refuse({ code: 'body_not_json', detail: 'it is empty' });
  if (!isUtf8(bytes)) return refuse({ code: 'body_not_json', detail: 'it is not UTF-8' });
  const json = parsedJson(bytes.toString());
  return json.ok ? json : refuse({ code: 'body_not_json', detail: json.refusal });
};

/** A body that is too large is left unread, not cancelled: that would close the connection under the answer. */
const bytesOf = async (request: Request, limit: number): Promise<Buffer | undefined> => {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = request.body?.getReader();
  for (let next = await reader?.read(); next?.done === false; next = await reader?.read()) {
    size += next.value.byteLength;
    if (size > limit) return undefined;
    chunks.push(next.value);
  }
  return Buffer.concat(chunks);
};

const readForm = async (api: Api, request: Request, isVersionOnly: boolean): Promise<Result<UploadForm, Refusal>> => {
  const form = await readUploadForm(
    { headers: request.headers, body: request.body ?? new ReadableStream({ start: (controller) => controller.close() }) },
    {
      store: (source) => api.modules.put(source),
      limits: {
        totalBytes: api.apiSettings.maxUploadBytes,
        parts: MOST_PARTS,
        metadataBytes: MOST_METADATA_BYTES,
        partNameBytes: MOST_PART_NAME_BYTES,
      },
      isVersionOnly,
    },
  );
  return form.ok ? form : refuse(refusalOf(form.refusal, api.apiSettings.maxUploadBytes));
};

/** Why a form could not be read. */
export const refusalOf = (refusal: FormRefusal, limit: number): Refusal => {
  if (refusal.code === 'upload_too_large') return { code: 'upload_too_large', limit };
  if (refusal.code === 'part_name_invalid') return { code: 'module_name_invalid', name: refusal.name, reason: refusal.reason };
  if (refusal.code === 'version_with_migration') return refusal;
  return { code: 'form_invalid', detail: formFault(refusal) };
};

const formFault = (
  refusal: Exclude<FormRefusal, { readonly code: 'upload_too_large' | 'part_name_invalid' | 'version_with_migration' }>,
): string => {
  switch (refusal.code) {
    case 'missing_body':
      return 'it has no body';
    case 'missing_boundary':
      return 'its content type names no boundary';
    case 'unsupported_media_type':
      return `${JSON.stringify(refusal.contentType)} is neither multipart/form-data nor JavaScript`;
    case 'malformed_multipart':
      return `its form is malformed: ${refusal.detail}`;
    case 'too_many_parts':
      return `it has more than ${refusal.limit} parts`;
    case 'metadata_too_large':
      return `its metadata is larger than ${refusal.limit} bytes`;
    case 'metadata_not_json':
      return `its "${refusal.field}" is not JSON: ${refusal.detail}`;
    default:
      return unreachable(refusal);
  }
};

const parsed = (schema: z.ZodType | undefined, value: unknown, where: 'query' | 'body' | 'metadata'): Result<unknown, Refusal> => {
  if (schema === undefined) return accept(undefined);
  if (isTooDeep(value)) return refuse(malformed(where, [`${where}: ${TOO_DEEP}`]));
  const result = schema.safeParse(value);
  return result.success ? accept(result.data) : refuse(malformed(where, faultsIn(result.error, where)));
};

const malformed = (where: string, faults: readonly string[]): Refusal =>
  where === 'metadata' ? { code: 'metadata_invalid', faults } : { code: 'request_invalid', faults };
