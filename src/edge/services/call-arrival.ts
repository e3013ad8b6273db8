import type { HostIndex } from '../../domain/index.ts';
import { CF_BLOB_HEADER, SCHEME_HEADER, SERVICE_HEADER, serviceRequest } from '../../runtime/index.ts';
import type { Arrival, Receive } from '../arrival.ts';
import { isAuthority } from '../authority.ts';
import { decideFor } from '../decide.ts';
import { readHead } from '../request-head.ts';

const BAD_REQUEST: Arrival = { page: 'bad_request' };

/** Reads the request of one Worker to another: its process says to which, and everything else is as the Worker wrote it. */
export const callReceiver =
  (index: () => HostIndex | undefined, random: () => number): Receive =>
  (request) => {
    const known = index();
    if (known === undefined) return { page: 'no_table' };
    const callee = serviceRequest(request.headers[SERVICE_HEADER])?.callee;
    const head = readHead(request.rawHeaders, true);
    const { host = '', overrides, key, isDebug } = head;
    const path = request.url ?? '';
    if (callee === undefined || head.isAmbiguous || !path.startsWith('/') || !isAuthority(host)) return BAD_REQUEST;
    const decision = decideFor(known, callee, { overrides, key, isDebug }, random);
    if (decision.none !== undefined) return { page: decision.none };
    addWritten(head.forward, request.rawHeaders);
    const { [CF_BLOB_HEADER]: cf = '{}', [SCHEME_HEADER]: scheme = 'http' } = request.headers;
    head.forward.push('host', host, CF_BLOB_HEADER, String(cf), SCHEME_HEADER, String(scheme));
    const { versionId, script, why, answer, assets, isPinned } = decision;
    const [ray, clientIp] = [handedOn(request.headers['cf-ray']), handedOn(request.headers['cf-connecting-ip'])];
    return { versionId, script, why, clientIp, ray, answer, assets, isPinned, path, host, head };
  };

/** A Worker may write what it likes there, at any length. */
const handedOn = (value: string | string[] | undefined): string | undefined =>
  typeof value === 'string' && value.length <= MOST_HANDED_ON ? value : undefined;

const MOST_HANDED_ON = 64;

/** What only the edge may say to a Worker of a visitor, a Worker may say to another: usually it hands on what it was told. */
const addWritten = (forward: string[], raw: readonly string[]): void => {
  for (let at = 0; at < raw.length; at += 2) {
    const name = raw[at] ?? '';
    const lower = name.toLowerCase();
    if (lower.startsWith('cf-') || OF_VISITORS.has(lower)) forward.push(name, raw[at + 1] ?? '');
  }
};

const OF_VISITORS: ReadonlySet<string> = new Set(['x-real-ip', 'x-forwarded-for', 'x-forwarded-proto']);
