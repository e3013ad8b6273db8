import { accept, durationMs, refuse, type Result } from '../../base/index.ts';
import { wholeIdOf } from '../../control/index.ts';
import type { observeEndpoints } from '../../contract/index.ts';
import type { Refusal, Version } from '../../domain/index.ts';
import {
  archiveStatus,
  liveCounts,
  observedInvocation,
  observedInvocations,
  observedMetrics,
  observedVersions,
} from '../../observe/index.ts';
import type { Worker } from '../../store/index.ts';
import type { Api, Handlers } from '../api.ts';
import { untilItEnds } from '../event-stream.ts';
import { exceptionGroupView, invocationView, metricsGroupView, observabilityView } from '../views/index.ts';
import { workerNamed } from './found.ts';

const MINUTE_MS = 60_000;
const UUID_LENGTH = 36;
/** A window is read minute by minute. */
const MOST_DAYS = 31;
const USUAL_POINTS = 100;
const MOST_POINTS = 1_500;
/** Steps that people read easily, in minutes. */
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 240, 360, 720, 1440];

/** Milliseconds since 1970. */
interface Window {
  readonly since: number;
  readonly until: number;
}

const faulty = (fault: string): Result<never, Refusal> => refuse({ code: 'request_invalid', faults: [`query.${fault}`] });

const timeOf = (text: string, now: number): number => {
  const ago = durationMs(text);
  return ago === undefined ? Date.parse(text) : now - ago;
};

const windowOf = (api: Api, query: { readonly since: string; readonly until?: string | undefined }): Result<Window, Refusal> => {
  const now = api.clock.now().getTime();
  const [since, until] = [timeOf(query.since, now), query.until === undefined ? now : timeOf(query.until, now)];
  if (since >= until) return faulty('since: must be before until');
  if (until - since > MOST_DAYS * 86_400_000) return faulty(`since: must be at most ${MOST_DAYS} days before until`);
  return accept({ since, until });
};

/** Whole minutes that hold the window: the one that is under way is a part of it. */
const minutesOf = ({ since, until }: Window) => ({ since: Math.floor(since / MINUTE_MS), until: Math.ceil(until / MINUTE_MS) });

/** A Worker, and the time that is asked for, as far as there was this Worker: one of its name that was deleted is another. */
const asked = async (
  api: Api,
  name: string,
  query: { readonly since: string; readonly until?: string | undefined },
): Promise<Result<{ readonly worker: Worker; readonly window: Window }, Refusal>> => {
  const worker = await workerNamed(api, name);
  if (!worker.ok) return worker;
  const window = windowOf(api, query);
  if (!window.ok) return window;
  const { since, until } = window.value;
  const own = Math.min(until, Math.max(since, Date.parse(worker.value.createdOn)));
  return accept({ worker: worker.value, window: { since: own, until } });
};

const versionsCalled = (api: Api, worker: Worker, ids: readonly string[]): Promise<readonly Version[]> =>
  api.store.read.versions.byIds(worker.tag, [...new Set(ids)]);

const stepOf = (text: string | undefined, minutes: number): Result<number, Refusal> => {
  if (text === undefined) return accept(STEPS.find((step) => minutes / step <= USUAL_POINTS) ?? 1440);
  const step = (durationMs(text) ?? 0) / MINUTE_MS;
  if (step === 0) return faulty('step: must be at least 1m');
  if (minutes / step > MOST_POINTS) return faulty(`step: must be longer, so that there are at most ${MOST_POINTS} points`);
  return accept(step);
};

export const observations: Handlers<typeof observeEndpoints> = {
  getMetrics: async (api, { params, query }) => {
    const found = await asked(api, params.name, query);
    if (!found.ok) return found;
    const { worker, window } = found.value;
    const { since, until } = minutesOf(window);
    const step = stepOf(query.step, until - since);
    if (!step.ok) return step;
    const question = { script: worker.name, since, until, step: step.value, group: query.group };
    const groups = await observedMetrics(api.observe, question);
    const isVersion = query.group === 'version';
    const versions = isVersion
      ? await versionsCalled(
          api,
          worker,
          groups.map(({ key }) => key),
        )
      : [];
    return accept({
      result: {
        worker: worker.name,
        since: new Date(since * MINUTE_MS).toISOString(),
        until: new Date(window.until).toISOString(),
        step_seconds: step.value * 60,
        group: query.group,
        groups: groups.map((group) => metricsGroupView(group, isVersion, versions)),
      },
    });
  },
  listInvocations: async (api, { params, query }) => {
    const found = await asked(api, params.name, query);
    if (!found.ok) return found;
    const { worker, window } = found.value;
    const versionId = query.version === undefined ? accept(undefined) : await wholeIdOf(api.store.read, worker.tag, query.version);
    if (!versionId.ok) return versionId;
    // A whole id may be of a version that was deleted since.
    if (versionId.value !== undefined && versionId.value.length !== UUID_LENGTH)
      return refuse({ code: 'version_not_found', versionId: versionId.value });
    const { outcome, kind, status, min_ms: leastWallMs, errors, search, ray, limit, cursor } = query;
    const [at, seq] = cursor?.split('-').map(Number) ?? [];
    const page = await observedInvocations(
      api.observe,
      worker.name,
      {
        ...window,
        versionId: versionId.value,
        outcome,
        kind,
        status: status === undefined ? undefined : Number(status.replace('xx', '')),
        leastWallMs,
        ...(errors === 'true' ? { isError: true } : {}),
        search,
        ray,
      },
      limit,
      at === undefined || seq === undefined ? undefined : { at, seq },
    );
    const next =
      page.cursor === undefined
        ? {}
        : { cursor: `${page.cursor.at}-${page.cursor.seq}`, looked_back_to: new Date(page.cursor.at).toISOString() };
    return accept({ result: page.records.map(invocationView), resultInfo: { count: page.records.length, ...next } });
  },
  getInvocation: async (api, { params }) => {
    const worker = await workerNamed(api, params.name);
    if (!worker.ok) return worker;
    const record = await observedInvocation(api.observe, worker.value.name, params.ray);
    return record === undefined || record.at < Date.parse(worker.value.createdOn)
      ? refuse({ code: 'invocation_not_found', name: worker.value.name, id: params.ray })
      : accept({ result: invocationView(record) });
  },
  listExceptions: async (api, { params, query }) => {
    const found = await asked(api, params.name, query);
    if (!found.ok) return found;
    const { worker, window } = found.value;
    const { since, until } = minutesOf(window);
    const { versions: buckets, exceptions } = await observedVersions(api.observe, worker.name, since, until);
    const ids = exceptions.flatMap(({ versions }) => versions.map(({ versionId }) => versionId));
    const versions = await versionsCalled(api, worker, ids);
    return accept({ result: exceptions.map((group) => exceptionGroupView(group, buckets, versions)) });
  },
  watchLive: async (api, { params, token, session, client }) => {
    const worker = await workerNamed(api, params.name);
    if (!worker.ok) return worker;
    const over = new AbortController();
    const leave = api.events.whileSignedIn(token, session, () => over.abort());
    const left = AbortSignal.any([client, over.signal]);
    left.addEventListener('abort', leave, { once: true });
    const body = await liveCounts(api.observe, worker.value.name, left).catch((error: unknown) => {
      leave();
      // They were signed out before it began.
      if (over.signal.aborted) return undefined;
      throw error;
    });
    if (body === undefined) return refuse({ code: session === undefined ? 'token_wrong' : 'session_ended' });
    body.once('close', leave);
    const headers = { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' };
    return accept({ result: null, raw: new Response(untilItEnds(body), { headers }), cut: over.signal });
  },
  getObservability: async (api) => accept({ result: observabilityView(await archiveStatus(api.observe)) }),
};
