import { Agent, type Dispatcher } from 'undici';
import type { EdgeReport, VersionSpec } from '../domain/index.ts';

export interface ControlClientOptions {
  readonly controlUrl: string;
  readonly edgeToken: string;
  readonly edge: string;
  /** The feed counts as dead after this long without a line; the control plane pings every 5 s. */
  readonly feedSilenceMs?: number;
}

const DEFAULT_FEED_SILENCE_MS = 15_000;
const CONNECT_TIMEOUT_MS = 5_000;
const ANSWER_TIMEOUT_MS = 10_000;
/** The observe process says something every 10 s. */
const WATCHED_SILENCE_MS = 30_000;
const MOST_SPEC_BYTES = 32 * 1024 * 1024;

/** The edge's side of the protocol with the control plane: it asks, the control plane never calls. */
export class ControlClient {
  readonly edge: string;
  readonly #base: URL;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #feedSilenceMs: number;
  readonly #agent = new Agent({
    connect: { timeout: CONNECT_TIMEOUT_MS },
    headersTimeout: ANSWER_TIMEOUT_MS,
    bodyTimeout: ANSWER_TIMEOUT_MS,
  });

  constructor({ controlUrl, edgeToken, edge, feedSilenceMs = DEFAULT_FEED_SILENCE_MS }: ControlClientOptions) {
    this.edge = edge;
    this.#base = new URL(controlUrl);
    this.#headers = { authorization: `Bearer ${edgeToken}` };
    this.#feedSilenceMs = feedSilenceMs;
  }

  /** The bytes of the feed, until it ends, falls silent or is aborted. `isFiring`: this edge has fired crons until now. */
  async feed(signal: AbortSignal, isFiring = false): Promise<AsyncIterable<Uint8Array>> {
    const path = `/edge/v1/feed?edge=${encodeURIComponent(this.edge)}${isFiring ? '&firing=true' : ''}`;
    const { body } = await this.#ask({ method: 'GET', path, bodyTimeout: this.#feedSilenceMs, signal });
    return body;
  }

  async report(report: EdgeReport): Promise<void> {
    const headers = { 'content-type': 'application/json' };
    const { body } = await this.#ask({ method: 'POST', path: '/edge/v1/reports', headers, body: JSON.stringify(report) });
    await body.dump();
  }

  async versionSpec(versionId: string): Promise<VersionSpec> {
    const { body } = await this.#ask({ method: 'GET', path: `/edge/v1/versions/${encodeURIComponent(versionId)}` });
    const spec = JSON.parse(await textWithin(body, MOST_SPEC_BYTES)) as VersionSpec; // The control plane is ours; the id is checked next.
    if (spec.id !== versionId || !Array.isArray(spec.modules))
      throw new Error(`The control plane answered something else for version ${versionId}.`);
    return spec;
  }

  /** Ids of the Durable Object namespaces that were deleted, whenever that was. */
  async deletedNamespaces(): Promise<readonly string[]> {
    const { body } = await this.#ask({ method: 'GET', path: '/edge/v1/deleted-namespaces' });
    const ids: unknown = JSON.parse(await textWithin(body, MOST_SPEC_BYTES));
    if (!Array.isArray(ids) || !ids.every((id) => typeof id === 'string'))
      throw new Error('The control plane answered no list of namespaces.');
    return ids;
  }

  /** Passes on to the observe process what this edge or one of its versions' tracers says; answers what that answered. */
  async observed(what: 'report' | 'traces', body: string | Buffer): Promise<{ readonly status: number; readonly text: string }> {
    const headers = { ...this.#headers, 'content-type': 'application/json' };
    const answer = await this.#agent.request({ ...this.#at(`/edge/v1/observed/${what}`), method: 'POST', headers, body });
    return { status: answer.statusCode, text: await textWithin(answer.body, MOST_SPEC_BYTES) };
  }

  /** The lines that say of which Workers somebody watches the log. */
  async watched(signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
    const path = `/edge/v1/observed/watched?edge=${encodeURIComponent(this.edge)}`;
    const { body } = await this.#ask({ method: 'GET', path, bodyTimeout: WATCHED_SILENCE_MS, signal });
    return body;
  }

  async module(digest: string): Promise<AsyncIterable<Uint8Array>> {
    const { body } = await this.#ask({ method: 'GET', path: `/edge/v1/modules/${encodeURIComponent(digest)}` });
    return body;
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  #at(path: string): { readonly origin: string; readonly path: string } {
    return { origin: this.#base.origin, path: `${this.#base.pathname.replace(/\/$/, '')}${path}` };
  }

  async #ask(
    options: Omit<Dispatcher.RequestOptions, 'origin' | 'headers'> & { headers?: Record<string, string> },
  ): Promise<Dispatcher.ResponseData> {
    const headers = { ...this.#headers, ...options.headers };
    const response = await this.#agent.request({ ...options, ...this.#at(options.path), headers });
    if (response.statusCode === 200 || response.statusCode === 204) return response;
    await response.body.dump();
    throw new Error(`The control plane answered ${response.statusCode} to ${options.method} ${options.path}.`);
  }
}

const textWithin = async (body: AsyncIterable<Uint8Array>, limit: number): Promise<string> => {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > limit) throw new Error(`The control plane's answer is larger than ${limit} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
};
