import { randomBytes } from 'node:crypto';
import type { InvocationRecord } from '../record.ts';
import type { Fact } from '../report.ts';
import { outcomeFrom, type ObservedVersion, type Outcome } from '../words.ts';
import { rayIn, type Told } from './join.ts';
import { isDrawn } from './sampling.ts';

/** One record of what was told; `versionOf` knows more of a version than a fact says. */
export const joinedRecord = (
  told: Told | undefined,
  fact: Fact | undefined,
  sampleRateOf: (script: string) => number,
  versionOf: (id: string) => ObservedVersion,
): InvocationRecord | undefined => {
  if (told !== undefined) return traced(told, fact, sampleRateOf);
  if (fact === undefined) return undefined;
  const { ray, script, versionId, at, kind, outcome } = fact;
  return {
    id: ray,
    at,
    script,
    version: versionOf(versionId),
    kind,
    outcome,
    ...asTheEdgeSawIt(fact),
    event: null,
    logs: [],
    exceptions: [],
    isSampled: isDrawn(ray, sampleRateOf(script)),
  };
};

const traced = ({ trace, version }: Told, fact: Fact | undefined, sampleRateOf: (script: string) => number): InvocationRecord => {
  const { script, id: versionId, tag, message } = version;
  // A request that a Worker hands on to its own object has the same ray there.
  const ray = fact?.ray ?? (trace.durableObjectId === undefined ? rayIn(trace.event) : undefined);
  const id = ray ?? randomBytes(8).toString('hex');
  const status = statusIn(trace.event);
  return {
    id,
    at: fact?.at ?? trace.eventTimestamp ?? trace.endedAt,
    script,
    version: { id: versionId, ...(tag === undefined ? {} : { tag }), ...(message === undefined ? {} : { message }) },
    kind: fact?.kind ?? trace.kind,
    ...(trace.entrypoint === undefined ? {} : { entrypoint: trace.entrypoint }),
    ...(trace.durableObjectId === undefined ? {} : { objectId: trace.durableObjectId }),
    outcome: worse(outcomeFrom(trace.outcome), fact?.outcome),
    wallMs: Math.max(0, trace.endedAt - (trace.eventTimestamp ?? trace.endedAt)),
    ...(status === undefined ? {} : { status }),
    ...requestIn(trace.event),
    ...(fact === undefined ? {} : asTheEdgeSawIt(fact)),
    event: trace.event,
    logs: trace.logs,
    exceptions: trace.exceptions,
    ...(trace.truncated === undefined ? {} : { isTruncated: true }),
    isSampled: isDrawn(id, sampleRateOf(script)),
  };
};

const asTheEdgeSawIt = ({ wallMs, cpuMs, status, why, clientIp, method, url }: Fact) => ({
  wallMs,
  ...(cpuMs === undefined ? {} : { cpuMs }),
  ...(status === undefined ? {} : { status }),
  ...(why === undefined ? {} : { why }),
  ...(clientIp === undefined ? {} : { clientIp }),
  ...(method === undefined ? {} : { method }),
  ...(url === undefined ? {} : { url }),
});

/** The runtime knows why its code ended, the edge of what was ended from outside. */
const worse = (runtime: Outcome, edge: Outcome | undefined): Outcome =>
  edge !== undefined && (runtime === 'ok' || runtime === 'unknown') ? edge : runtime;

/** Of a request that no edge told of, such as one to an object. */
const requestIn = (event: Told['trace']['event']): Pick<InvocationRecord, 'method' | 'url'> => {
  const { request } = (event ?? {}) as { readonly request?: { readonly method?: unknown; readonly url?: unknown } | null };
  if (typeof request?.method !== 'string' || typeof request.url !== 'string') return {};
  const { host = '', pathname = '' } = URL.parse(request.url) ?? {};
  return { method: request.method, url: host + pathname };
};

const statusIn = (event: Told['trace']['event']): number | undefined => {
  const { response } = (event ?? {}) as { readonly response?: { readonly status?: unknown } | null };
  return typeof response?.status === 'number' ? response.status : undefined;
};
