import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HostIndex } from '../../domain/index.ts';
import { ADDRESS_HEADER, MAIN_HEADER } from '../../runtime/index.ts';
import { decideFor, type Wished } from '../decide.ts';
import type { Page } from '../error-pages.ts';
import type { ExchangeContext } from '../exchange.ts';
import { messageOf } from '../log.ts';
import { OUTCOME_OF_PAGE, type EndOutcome } from '../observing/index.ts';
import { noticed, startFailed, startWithin } from '../start-within.ts';
import type { RunningVersion } from '../version-pool.ts';
import type { Lifelines } from './lifelines.ts';
import type { OpenLeases } from './open-leases.ts';

export interface LeaseContext extends Pick<
  ExchangeContext,
  'versions' | 'crowd' | 'startTimeoutMs' | 'log' | 'answerWithPage' | 'invocations'
> {
  readonly index: () => HostIndex | undefined;
  readonly leases: OpenLeases;
  readonly lifelines: Lifelines;
  readonly random: () => number;
}

/** The Worker that is called and, where its Durable Objects are, their namespace: that may be another Worker's by now. */
export interface Leased {
  readonly script: string;
  readonly namespaceId: string | undefined;
}

/**
 * Answers with the address of a process that runs a version of the Worker, drawn from its split and started where it is cold. The
 * answer stays open, and the process has one request more in hand, until the asking side closes it, the process ends, or the edge does.
 */
export const giveLease = async (
  context: LeaseContext,
  wanted: Leased,
  wished: Wished,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const reached = await versionFor(context, wanted, wished);
  if (typeof reached === 'string') return response.destroyed ? undefined : context.answerWithPage(request, response, reached, { ray: '' });
  const { version } = reached;
  if (response.destroyed) return version.leave('request');
  response.once('close', () => {
    version.leave('request');
    // We end it where its process has. Of calls that are traced each is told of by itself.
    const hasBroken = response.writableEnded;
    if (hasBroken || !version.isTraced) reached.over(hasBroken ? 'broke_off' : 'ok', version);
  });
  context.leases.add(version, response);
  response.writeHead(200, { [ADDRESS_HEADER]: `unix:${version.debugSocketPath}`, [MAIN_HEADER]: version.mainService }).flushHeaders();
};

interface Reached {
  /** Already entered, so that whoever asked for it has to leave it. */
  readonly version: RunningVersion;
  readonly over: (outcome: EndOutcome, process?: RunningVersion) => void;
}

const versionFor = async (context: LeaseContext, wanted: Leased, wished: Wished): Promise<Reached | Page> => {
  const startedAt = performance.now();
  for (;;) {
    const index = context.index();
    if (index === undefined) return 'no_table';
    const script = holderOf(index, wanted);
    const decision = decideFor(index, script, wished, context.random);
    if (decision.none !== undefined) return decision.none;
    const { versionId, why } = decision;
    const over: Reached['over'] = (outcome, process) =>
      context.invocations?.ended({ kind: 'rpc', script, versionId, process, startedAt, outcome, why });
    const version = await reachable(context, versionId);
    if (typeof version === 'string') {
      over(OUTCOME_OF_PAGE[version] ?? 'unknown');
      return version;
    }
    if (holderOf(context.index() ?? index, wanted) === script) return { version, over };
    // The objects went to another Worker while this was waited for: what answers now has none.
    version.leave('request');
  }
};

const holderOf = ({ workers }: HostIndex, { script, namespaceId = '' }: Leased): string =>
  workers.get(script)?.movedObjects?.[namespaceId] ?? script;

/** One that answers, entered: where its process is gone and nobody has noticed yet, its successor. */
const reachable = async (context: LeaseContext, versionId: string): Promise<RunningVersion | Page> => {
  const giveUpAt = performance.now() + context.startTimeoutMs;
  try {
    for (;;) {
      const left = giveUpAt - performance.now();
      const version = context.versions.running(versionId) ?? (await startWithin(context.versions, versionId, left));
      if (!context.crowd.admits(version, 'request')) return 'crowded';
      // Before anything is waited for: others that come meanwhile have to see it.
      version.enter('request');
      // A call that finds nobody looks to its caller like one that broke off, which may have been made: so this is asked before.
      if (await context.lifelines.isThere(version)) return version;
      version.leave('request');
      if (performance.now() > giveUpAt) return 'worker_gone';
      await noticed(version);
    }
  } catch (error) {
    context.log.warn({ versionId, error: messageOf(error) }, 'A call of another Worker found no version to answer it.');
    return startFailed(error).page;
  }
};
