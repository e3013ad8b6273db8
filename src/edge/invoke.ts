import { request } from 'node:http';
import { outcomeFrom } from '../observe/index.ts';
import { pickVersion, type HostIndex } from '../domain/index.ts';
import { messageOf } from './log.ts';
import { OUTCOME_OF_PAGE, type EndOutcome, type Invocations } from './observing/index.ts';
import { noticed, startFailed, startWithin } from './start-within.ts';
import type { RunningVersion, VersionPool } from './version-pool.ts';

/** What a version is called for when it is no request, by the name of its handler. */
export interface Invocation {
  readonly handler: 'scheduled' | 'queue';
  /** As the Worker of ours in the version's process reads it. */
  readonly event: Readonly<Record<string, unknown>>;
}

/**
 * What became of it. `ran`: the handler was called, `outcome` is workerd's word for how it ended (`ok`, `exception`, …) or
 * `processEnded`. Where it was not, nothing of it happened, and it may be tried again.
 */
export type Invoked =
  | { readonly ran: true; readonly versionId: string; readonly outcome: string; readonly told: Readonly<Record<string, unknown>> }
  | { readonly ran: false; readonly versionId?: string; readonly why: string };

export interface InvokeContext {
  readonly index: () => HostIndex | undefined;
  readonly versions: VersionPool;
  readonly startTimeoutMs: number;
  readonly random: () => number;
  readonly invocations?: Invocations | undefined;
}

/** Cloudflare's limit of wall time for both handlers (https://developers.cloudflare.com/workers/platform/limits/#duration). */
const LONGEST_MS = 15 * 60_000;
/** One outcome for each message of a batch of 100 at most. */
const MOST_OUTCOME_BYTES = 256 * 1024;

/** Calls a handler of the version that a draw from the Worker's split gives, after starting it where it is cold. */
export const invoke = async (context: InvokeContext, script: string, invocation: Invocation): Promise<Invoked> => {
  const deployment = context.index()?.workers.get(script)?.deployment;
  const pick = deployment && pickVersion({ split: deployment.split, random: context.random });
  if (pick == null) return { ran: false, why: 'The Worker has no deployment.' };
  const { versionId, why } = pick;
  const startedAt = performance.now();
  const giveUpAt = startedAt + context.startTimeoutMs;
  const over = (outcome: EndOutcome, process?: RunningVersion): void =>
    context.invocations?.ended({
      kind: invocation.handler,
      script,
      versionId: process?.versionId ?? versionId,
      process,
      startedAt,
      outcome,
      why,
    });
  for (;;) {
    const started = await startWithin(context.versions, versionId, giveUpAt - performance.now()).catch((error: unknown) => ({ error }));
    if ('error' in started) {
      over(OUTCOME_OF_PAGE[startFailed(started.error).page] ?? 'unknown');
      return { ran: false, versionId, why: messageOf(started.error) };
    }
    if (started.spec.handlers?.includes(invocation.handler) !== true) {
      return { ran: false, versionId, why: `The version has no ${invocation.handler}() handler.` };
    }
    const called = await call(started, invocation);
    if (called !== 'gone') {
      over(called.outcome === 'processEnded' ? 'broke_off' : outcomeFrom(called.outcome), started);
      return { ran: true, versionId, ...called };
    }
    if (performance.now() > giveUpAt) {
      over('broke_off');
      return { ran: false, versionId, why: 'Its process is gone, and no other came in time.' };
    }
    await noticed(started);
  }
};

type Called = { readonly outcome: string; readonly told: Readonly<Record<string, unknown>> };

const call = async (version: RunningVersion, { handler, event }: Invocation): Promise<Called | 'gone'> => {
  version.enter('request');
  try {
    const told = await posted(version.eventSocketPath, `/${handler}`, JSON.stringify(event));
    version.heard();
    return { outcome: typeof told['outcome'] === 'string' ? told['outcome'] : 'unknown', told };
  } catch (error) {
    // Nobody was there to take it: the process is gone or going, and its successor can be asked.
    if (error instanceof Error && 'syscall' in error && error.syscall === 'connect') return 'gone';
    return { outcome: error instanceof Error && error.name === 'TimeoutError' ? 'exceededWallTime' : 'processEnded', told: {} };
  } finally {
    version.leave('request');
  }
};

const posted = (socketPath: string, path: string, body: string): Promise<Readonly<Record<string, unknown>>> =>
  new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(LONGEST_MS);
    const headers = { host: 'events', 'content-type': 'application/json' };
    const asked = request({ socketPath, path, method: 'POST', agent: false, headers, signal }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk: string) => {
        text += chunk;
        if (text.length > MOST_OUTCOME_BYTES) asked.destroy(new Error('The outcome is too long.'));
      });
      answer.on('error', (error) => reject(signal.aborted ? signal.reason : error));
      answer.on('end', () => resolve(answer.statusCode === 200 ? toldIn(text) : {}));
    });
    asked.on('error', (error) => reject(signal.aborted ? signal.reason : error));
    asked.end(body);
  });

/** Written by the Worker of ours in the version's process. */
const toldIn = (text: string): Readonly<Record<string, unknown>> => {
  const value: unknown = JSON.parse(text);
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
};
