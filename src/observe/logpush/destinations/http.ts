import type { LogpushDestination } from '../../../domain/index.ts';
import type { AddressGuard } from './guard.ts';
import type { Target } from './outgoing.ts';
import { send } from './send.ts';

type Http = Extract<LogpushDestination, { readonly scheme: 'http' }>;

/** Posts each file. */
export const httpTarget = ({ url, headers }: Http, guard: AddressGuard): Target => ({
  put: (file, signal) => {
    const encoding: Record<string, string> = file.isGzip ? { 'content-encoding': 'gzip' } : {};
    const sent = { 'content-type': 'application/x-ndjson', 'user-agent': 'switchback-logpush', ...encoding, ...headers };
    return send({ method: 'POST', url, headers: sent, file }, guard, signal);
  },
});
