import type { IncomingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import { Pool } from 'undici';
import type { DataKind } from '../domain/index.ts';
import { WorldFault } from '../files/index.ts';
import { RESOURCE_HEADER, resourceSocket } from '../runtime/index.ts';
import { AWAY, AWAY_HEADER } from './stand-in.ts';

export interface DataCall {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  /** As workerd's binding of this kind would ask. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** With its length in `headers` where that is known. */
  readonly body?: string | Uint8Array | AsyncIterable<Uint8Array> | null;
  readonly signal?: AbortSignal;
}

export interface DataAnswer {
  readonly status: number;
  readonly words: string;
  readonly headers: IncomingHttpHeaders;
  /** To be read to its end, or destroyed. */
  readonly body: Readable;
}

/** A resource with content. */
export interface DataResource {
  readonly kind: DataKind;
  readonly id: string;
  readonly name: string;
}

/** The API's way to what bindings reach: the very calls that bindings make, for any resource. */
export class DataClient implements AsyncDisposable {
  readonly #dataFolder: string;
  readonly #pools = new Map<DataKind, Pool>();

  /** `dataFolder` is where the data process has its sockets. */
  constructor(dataFolder: string) {
    this.#dataFolder = dataFolder;
  }

  /** Throws where the data process does not answer. */
  async ask({ kind, id, name }: DataResource, call: DataCall): Promise<DataAnswer> {
    const { method, path, headers = {}, body = null, signal } = call;
    const key = kind === 'r2_bucket' || kind === 'queue' ? name : id;
    const answer = await this.#pool(kind).request({
      method,
      path,
      headers: { ...headers, [RESOURCE_HEADER]: key },
      body: body === null || typeof body === 'string' || body instanceof Uint8Array ? body : Readable.from(body, { objectMode: false }),
      ...(signal === undefined ? {} : { signal }),
    });
    if (answer.headers[AWAY_HEADER] !== undefined) {
      await answer.body.dump();
      throw new WorldFault(AWAY);
    }
    return { status: answer.statusCode, words: answer.statusText, headers: answer.headers, body: answer.body };
  }

  #pool(kind: DataKind): Pool {
    const known = this.#pools.get(kind);
    if (known !== undefined) return known;
    const pool = new Pool('http://data', { connect: { socketPath: resourceSocket(this.#dataFolder, kind) }, bodyTimeout: 0 });
    this.#pools.set(kind, pool);
    return pool;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#pools.values()].map((pool) => pool.destroy()));
  }
}
