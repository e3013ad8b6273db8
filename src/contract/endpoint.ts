import type { z } from 'zod';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** How a request's body is read before its handler sees it. */
export type Body =
  | {
      readonly kind: 'json';
      readonly schema: z.ZodType;
      /** As large as an upload may be, because it carries a version's modules. */
      readonly holdsModules?: true;
      /** Nothing is read as `{}`. */
      readonly mayBeEmpty?: true;
      /** Where it may be larger than any other JSON. */
      readonly maxBytes?: number;
    }
  /** A form of metadata and modules, in any dialect of src/api/form. */
  | {
      readonly kind: 'upload';
      readonly metadata: z.ZodType;
      /** Makes a version and no deployment, so that it takes no migration. */
      readonly isVersionOnly?: true;
    }
  /** JSON, or a form with the same JSON in one field. */
  | { readonly kind: 'json_or_upload'; readonly schema: z.ZodType }
  /** Bytes as they come, streamed to the handler as a `ByteBody`; no more of them than this. */
  | {
      readonly kind: 'bytes';
      readonly maxBytes: number;
      /** The limit in its own words, where the one above leaves room around what it bounds. */
      readonly limit?: string;
    };

/** A body that nobody has read before its handler does, once. */
export interface ByteBody {
  /** Throws where there are more of them than the endpoint takes; that is answered as the refusal it is. */
  readonly bytes: AsyncIterable<Uint8Array>;
  /** Undefined where the client does not say. */
  readonly length: number | undefined;
  /** Empty where the client does not say. */
  readonly contentType: string;
}

/** One call of the HTTP API, as data: what it takes and what it answers. Paths follow the server's base URL. */
export interface Endpoint {
  readonly method: Method;
  /** `/accounts/:account_id/workers/scripts/:script_name` */
  readonly path: string;
  /** The last name of the path takes all that is left of it, slashes too. */
  readonly hasRest?: true;
  readonly tag: string;
  readonly summary: string;
  readonly query?: z.ZodObject;
  /** Names of the query that may come several times; they are read as lists. */
  readonly repeated?: readonly string[];
  /** Request headers that change what the call does; they reach the handler as they were sent. */
  readonly headers?: z.ZodObject;
  readonly body?: Body;
  /** What the answer's `ETag` stands for. */
  readonly etag?: string;
  /** The `result` of the envelope. */
  readonly result: z.ZodType;
  /**
   * Who may call it: whoever has an API token or is signed in; with `asset_session` whoever has the token of an upload session, with
   * `session` whoever is signed in with a cookie, with `none` everybody.
   */
  readonly auth?: 'asset_session' | 'session' | 'none';
  /** Answers bytes instead of the envelope: a version's modules, what somebody stored, or events as they happen. */
  readonly raw?: 'modules' | 'bytes' | 'events';
  /** The data of each event, as JSON. */
  readonly event?: z.ZodType;
  /** Works on what is stored in a resource: no edge has to hear of it, and no audit row is written. */
  readonly isContent?: true;
}

type NamesIn<Path extends string> = Path extends `${string}:${infer Name}/${infer Rest}`
  ? Name | NamesIn<`/${Rest}`>
  : Path extends `${string}:${infer Name}`
    ? Name
    : never;

export type ParamsOf<E extends Endpoint> = { readonly [Name in NamesIn<E['path']>]: string };
export type QueryOf<E extends Endpoint> = E extends { readonly query: infer Q extends z.ZodObject } ? z.output<Q> : Record<never, never>;
export type BodyOf<E extends Endpoint> = E extends { readonly body: { readonly schema: infer S extends z.ZodType } }
  ? z.output<S>
  : E extends { readonly body: { readonly metadata: infer M extends z.ZodType } }
    ? z.output<M>
    : E extends { readonly body: { readonly kind: 'bytes' } }
      ? ByteBody
      : undefined;

/** What an endpoint answers, as its handler gives it. */
export type ResultOf<E extends Endpoint> = Unchanging<z.output<E['result']>>;

type Unchanging<Value> = Value extends readonly (infer Item)[]
  ? readonly Unchanging<Item>[]
  : Value extends object
    ? { readonly [Member in keyof Value]: Unchanging<Value[Member]> }
    : Value;
