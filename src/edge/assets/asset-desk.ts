import {
  decideAsset,
  decodedPath,
  isHashedPath,
  isPage,
  plainHost,
  type AssetDecision,
  type AssetIndex,
  type AssetRequest,
  type WorkerAssets,
} from '../../domain/index.ts';
import { messageOf, type Log } from '../log.ts';
import { answerWithPage, type VisitorResponse } from '../page-answer.ts';
import { responseHeaders, type AnswerFacts } from '../response-head.ts';
import type { VisitorRequest } from '../visitor.ts';
import type { AssetFiles } from './asset-files.ts';
import type { AssetIndexes } from './asset-indexes.ts';
import { fileReply, redirectReply, type Conditions } from './asset-reply.ts';
import { sendAsset } from './send-asset.ts';

export interface AssetDeskOptions {
  readonly indexes: AssetIndexes;
  readonly files: AssetFiles;
  readonly log: Log;
  readonly now: () => number;
}

/** A request to a Worker that has, or lately had, assets. */
export interface AssetArrival {
  readonly versionId: string;
  readonly host: string;
  /** With the query. */
  readonly path: string;
  readonly assets: WorkerAssets;
  /** The version was asked for by its own address: no other version's files are served. */
  readonly isPinned: boolean;
}

interface Found {
  readonly index: AssetIndex;
  readonly decision: AssetDecision;
}

/**
 * Answers from a version's assets without its process, or hands the request on. Where the version has no such file, a hashed one of
 * another version that serves or lately served is as good: a page that one version made asks for files of that version, and they
 * are drawn to any.
 */
export class AssetDesk {
  readonly #options: AssetDeskOptions;

  constructor(options: AssetDeskOptions) {
    this.#options = options;
  }

  serve(request: VisitorRequest, response: VisitorResponse, arrival: AssetArrival, facts: AnswerFacts, toWorker: () => void): void {
    const asked = assetRequest(request, arrival);
    const index = this.#indexAtHand(arrival);
    const found = index === undefined ? undefined : this.#decideAtHand(index, asked, arrival);
    if (found !== undefined) return this.#answer(request, response, asked, found, facts, toWorker);
    this.#decide(asked, arrival)
      .then((late) => this.#answer(request, response, asked, late, facts, toWorker))
      .catch((error: unknown) => this.#fail(request, response, facts, error));
  }

  /** A version without assets has an index of none: its Worker is asked, unless another version has the file. */
  #indexAtHand({ versionId, assets }: AssetArrival): AssetIndex | undefined {
    return withAssets(assets).has(versionId) ? this.#options.indexes.atHand(versionId) : WORKER_ALONE;
  }

  #decideAtHand(index: AssetIndex, asked: AssetRequest, arrival: AssetArrival): Found | undefined {
    const decision = decideAsset(index, asked);
    return this.#mayBeAnothers(decision, asked, arrival) ? undefined : { index, decision };
  }

  async #decide(asked: AssetRequest, arrival: AssetArrival): Promise<Found> {
    const index = this.#indexAtHand(arrival) ?? (await this.#options.indexes.load(arrival.versionId));
    const decision = decideAsset(index, asked);
    if (!this.#mayBeAnothers(decision, asked, arrival)) return { index, decision };
    return (await this.#inOthers(asked, arrival)) ?? { index, decision };
  }

  #mayBeAnothers(decision: AssetDecision, { method, path }: AssetRequest, { isPinned, assets }: AssetArrival): boolean {
    if (isPinned || assets.retained.length === 0 || (method !== 'GET' && method !== 'HEAD')) return false;
    return isWithoutFile(decision) && isHashedPath(path);
  }

  /** Newest first. One whose manifest cannot be had is passed over: the version that was drawn answers as it would alone. */
  async #inOthers(asked: AssetRequest, { versionId, assets }: AssetArrival): Promise<Found | undefined> {
    const path = decodedPath(asked.path);
    for (const { versionId: other, until } of assets.retained) {
      if (other === versionId || (until !== null && until <= this.#options.now())) continue;
      const index = await this.#options.indexes.load(other).catch((error: unknown) => {
        this.#options.log.warn({ versionId: other, error: messageOf(error) }, 'The assets of an earlier version could not be read.');
        return undefined;
      });
      const file = index?.files.get(path);
      if (index === undefined || file === undefined || isPage(file)) continue;
      return { index, decision: { kind: 'file', file, status: 200, isFallback: false } };
    }
    return undefined;
  }

  #answer(
    request: VisitorRequest,
    response: VisitorResponse,
    asked: AssetRequest,
    found: Found,
    facts: AnswerFacts,
    toWorker: () => void,
  ): void {
    const { index, decision } = found;
    switch (decision.kind) {
      case 'worker':
        return toWorker();
      case 'not_found':
        return answerWithPage(request, response, 'asset_not_found', facts);
      case 'method_not_allowed':
        return answerWithPage(request, response, 'asset_read_only', facts);
      case 'redirect': {
        const reply = redirectReply(index, asked, decision);
        return sendAsset(response, reply, responseHeaders(reply.headers, facts), undefined);
      }
      case 'file': {
        const reply = fileReply(index, asked, decision, conditionsOf(request));
        const headers = responseHeaders(reply.headers, facts);
        const source = this.#options.files.atHand(decision.file);
        if (reply.part === undefined || source !== undefined) return sendAsset(response, reply, headers, source);
        this.#options.files
          .load(decision.file)
          .then((loaded) => sendAsset(response, reply, headers, loaded))
          .catch((error: unknown) => this.#fail(request, response, facts, error));
      }
    }
  }

  #fail(request: VisitorRequest, response: VisitorResponse, facts: AnswerFacts, error: unknown): void {
    this.#options.log.error({ ray: facts.ray, error: messageOf(error) }, 'An asset could not be read.');
    if (response.headersSent) response.destroy();
    else answerWithPage(request, response, 'asset_unreadable', facts);
  }
}

const sets = new WeakMap<WorkerAssets, ReadonlySet<string>>();

/** Each entry of a table is read once. */
const withAssets = (assets: WorkerAssets): ReadonlySet<string> => {
  const known = sets.get(assets);
  if (known !== undefined) return known;
  const made = new Set(assets.versions);
  sets.set(assets, made);
  return made;
};

/** Neither a file nor a rule of its own answers, and the Worker did not ask to be first. */
const isWithoutFile = (decision: AssetDecision): boolean => {
  if (decision.kind === 'worker') return !decision.isFirst;
  return decision.kind === 'not_found' || (decision.kind === 'file' && decision.isFallback);
};

const WORKER_ALONE: AssetIndex = {
  files: new Map(),
  hasWorker: true,
  html: 'none',
  notFound: 'none',
  workerFirst: false,
  patterns: undefined,
  headers: [],
  redirects: { exact: new Map(), patterns: [] },
  prefersNavigation: false,
};

/** A path as browsers write it needs no parsing: nothing to resolve, nothing to escape. */
const PLAIN_PATH = /^(?:\/[\w~-][\w.~-]*)*\/?$/;

export const assetRequest = (
  { method = 'GET', headers }: Pick<VisitorRequest, 'method' | 'headers'>,
  { host, path }: { readonly host: string; readonly path: string },
): AssetRequest => {
  const query = path.indexOf('?');
  const plain = query === -1 ? path : path.slice(0, query);
  const isNavigation = headers['sec-fetch-mode'] === 'navigate';
  const search = query === -1 ? '' : path.slice(query);
  return {
    method,
    host: plainHost(host),
    // Not resolved against a base: `//x` is a path here, not a host.
    path: PLAIN_PATH.test(plain) || !plain.startsWith('/') ? plain : new URL(`http://x${plain}`).pathname,
    search,
    isNavigation,
  };
};

export const conditionsOf = ({ headers }: Pick<VisitorRequest, 'headers'>): Conditions => ({
  ifNoneMatch: headers['if-none-match'],
  ifRange: typeof headers['if-range'] === 'string' ? headers['if-range'] : undefined,
  range: headers.range,
  isAuthorized: headers.authorization !== undefined,
});
