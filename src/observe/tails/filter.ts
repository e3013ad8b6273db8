import { isIPv6, SocketAddress } from 'node:net';
import type { InvocationRecord } from '../record.ts';
import type { Outcome } from '../words.ts';

/**
 * One filter of a tail, in the members of Cloudflare's API (wrangler's tail/filters.ts). A record must fit each member that is there,
 * and each filter of the tail.
 */
export interface TailFilter {
  /** The share of records that is shown, above 0 and up to 1. */
  readonly sampling_rate?: number | undefined;
  readonly outcome?: readonly FilterOutcome[] | undefined;
  readonly method?: readonly string[] | undefined;
  /** A request header that is there and, where a text is given, has it in its value. */
  readonly header?: { readonly key: string; readonly query?: string | undefined } | undefined;
  /** Addresses of visitors. */
  readonly client_ip?: readonly string[] | undefined;
  /** A text in what was given to `console`. */
  readonly query?: string | undefined;
  /** A version's id. */
  readonly scriptVersion?: string | undefined;
}

/** What wrangler knows of outcomes; ours that it has no word of are found under the next that fits. */
export const FILTER_OUTCOMES = ['ok', 'canceled', 'exception', 'exceededCpu', 'exceededMemory', 'unknown'] as const;
export type FilterOutcome = (typeof FILTER_OUTCOMES)[number];

/** Whether a tail with these filters shows the record. `draw` is at random from 0 up to 1, once for the record. */
export const isShown = (record: InvocationRecord, filters: readonly TailFilter[], draw: number): boolean =>
  filters.every((filter) => fits(record, filter, draw));

const fits = (record: InvocationRecord, filter: TailFilter, draw: number): boolean => {
  const { sampling_rate: rate, outcome, method, header, client_ip: addresses, query, scriptVersion } = filter;
  if (rate !== undefined && draw >= rate) return false;
  if (scriptVersion !== undefined && record.version.id !== scriptVersion.toLowerCase()) return false;
  if (outcome !== undefined && !outcome.includes(filterOutcome(record.outcome))) return false;
  if (method !== undefined && !isOneOf(method, methodOf(record))) return false;
  if (header !== undefined && !hasHeader(record, header)) return false;
  if (addresses !== undefined && !isFrom(record, addresses)) return false;
  return query === undefined || saysSo(record, query);
};

const filterOutcome = (outcome: Outcome): FilterOutcome => {
  if (outcome === 'responseStreamDisconnected') return 'canceled';
  return FILTER_OUTCOMES.find((word) => word === outcome) ?? 'unknown';
};

interface TracedRequest {
  readonly method?: unknown;
  readonly headers?: unknown;
}

const requestOf = ({ event }: InvocationRecord): TracedRequest | undefined => {
  const request = event?.['request'];
  return typeof request === 'object' && request !== null ? request : undefined;
};

const methodOf = (record: InvocationRecord): string | undefined => {
  const method = requestOf(record)?.method;
  return typeof method === 'string' ? method : record.method;
};

const isOneOf = (wanted: readonly string[], method: string | undefined): boolean =>
  method !== undefined && wanted.some((each) => each.toUpperCase() === method.toUpperCase());

const hasHeader = (record: InvocationRecord, { key, query = '' }: NonNullable<TailFilter['header']>): boolean => {
  const headers = requestOf(record)?.headers;
  if (typeof headers !== 'object' || headers === null) return false;
  const name = key.toLowerCase();
  return Object.entries(headers).some(([each, value]) => each.toLowerCase() === name && holds(String(value), query));
};

const isFrom = ({ clientIp }: InvocationRecord, addresses: readonly string[]): boolean =>
  clientIp !== undefined && addresses.some((address) => plain(address) === plain(clientIp));

/** An address of IPv6 can be written in many ways, and one of IPv4 as one of IPv6 too. */
const plain = (address: string): string => {
  const shortest = isIPv6(address) ? new SocketAddress({ address, family: 'ipv6' }).address : address;
  return shortest.replace(/^::ffff:(?=[\d.]+$)/i, '');
};

const saysSo = ({ logs }: InvocationRecord, query: string): boolean =>
  logs.some(({ message }) => [message].flat().some((part) => holds(typeof part === 'string' ? part : (JSON.stringify(part) ?? ''), query)));

/** Small and capital letters are the same to who searches. */
const holds = (text: string, query: string): boolean => text.toLowerCase().includes(query.toLowerCase());
