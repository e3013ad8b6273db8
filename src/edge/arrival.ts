import type { HostIndex, Scheme, WorkerAssets } from '../domain/index.ts';
import type { PickReason } from '../observe/index.ts';
import { isAuthority } from './authority.ts';
import { decide } from './decide.ts';
import type { Page } from './error-pages.ts';
import { readHead, type RequestHead } from './request-head.ts';
import { clientAddress, type Visitor, type VisitorRequest, type Visitors } from './visitor.ts';

/** A request that goes to a version, with the head it goes on with; or the page it gets instead. */
export type Arrival =
  | {
      readonly page?: undefined;
      readonly versionId: string;
      readonly script: string;
      readonly why: PickReason;
      /** Both as the Worker is told them. */
      readonly clientIp: string | undefined;
      readonly ray: string | undefined;
      /** The value of `Switchback-Version`, where the request asked for it. */
      readonly answer: string | undefined;
      readonly path: string;
      readonly host: string;
      /** Where the Worker has any. */
      readonly assets: WorkerAssets | undefined;
      readonly isPinned: boolean;
      readonly head: RequestHead;
    }
  | { readonly page: Page; readonly versionId?: undefined };

/** Reads a request, and says what becomes of it. */
export type Receive = (request: VisitorRequest, ray: string) => Arrival;

export interface Reception {
  readonly index: () => HostIndex | undefined;
  readonly visitors: Visitors;
  readonly random: () => number;
  /** In which header the runtime reads `request.cf`. */
  readonly cfBlobHeader: string;
  /** In which header the runtime reads the scheme of `request.url`. */
  readonly schemeHeader: string;
}

const BAD_REQUEST: Arrival = { page: 'bad_request' };
const NO_TABLE: Arrival = { page: 'no_table' };

/** Reads a request, decides where it goes, and makes the head that goes there. */
export const receive = (reception: Reception, request: VisitorRequest, ray: string): Arrival => {
  const index = reception.index();
  if (index === undefined) return NO_TABLE;
  const visitor = reception.visitors.of(request);
  const head = readHead(request.rawHeaders, visitor.isTrusted);
  const target = request.url ?? '';
  const isOrigin = target.startsWith('/');
  const absolute = isOrigin ? undefined : ABSOLUTE_FORM.exec(target);
  if (head.isAmbiguous || (!isOrigin && absolute == null)) return BAD_REQUEST;
  // HTTP/1.0 has no transfer codings: whoever stands in front may have read another length (RFC 9112 6.1).
  if (head.isChunked && request.httpVersion === '1.0') return BAD_REQUEST;
  // A target in absolute form overrules the Host header (RFC 9112 3.2.2); HTTP/2 has `:authority` in its place.
  const host = absolute?.[1] ?? ('authority' in request && request.authority ? request.authority : (head.host ?? ''));
  if (!isAuthority(host)) return BAD_REQUEST;
  const path = isOrigin ? target : `/${absolute?.[2] ?? ''}`;
  const scheme = schemeOf(visitor, head);
  const { overrides, key, isDebug } = head;
  const decision = decide(index, { host, path, scheme, overrides, key, isDebug }, reception.random);
  if (decision.none !== undefined) return { page: decision.none };
  const clientIp = addOurs(reception, head, { host, scheme, visitor, ray });
  const { versionId, script, why, answer, assets, isPinned } = decision;
  return { versionId, script, why, clientIp, ray, answer, assets, isPinned, path, host, head };
};

const ABSOLUTE_FORM = /^https?:\/\/([^/?#@]+)(?:\/|(?=\?)|$)(.*)$/i;

const schemeOf = ({ isSecure }: Visitor, { forwardedProto }: RequestHead): Scheme => {
  if (forwardedProto === 'https' || forwardedProto === 'http') return forwardedProto;
  return isSecure ? 'https' : 'http';
};

interface Ours {
  readonly host: string;
  readonly scheme: Scheme;
  readonly visitor: Visitor;
  readonly ray: string;
}

/** Answers the visitor's address. */
const addOurs = (reception: Reception, { forward, forwardedFor }: RequestHead, { host, scheme, visitor, ray }: Ours): string => {
  const { address } = visitor;
  const client = forwardedFor === undefined ? address : clientAddress(reception.visitors, address, forwardedFor);
  forward.push('host', host, 'cf-connecting-ip', client, 'x-real-ip', client);
  forward.push('x-forwarded-for', forwardedFor === undefined ? address : `${forwardedFor}, ${address}`, 'x-forwarded-proto', scheme);
  forward.push(
    'cf-ray',
    ray,
    'cf-visitor',
    scheme === 'https' ? '{"scheme":"https"}' : '{"scheme":"http"}',
    reception.cfBlobHeader,
    visitor.cf,
  );
  forward.push(reception.schemeHeader, scheme);
  return client;
};
