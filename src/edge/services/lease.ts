import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HostIndex } from '../../domain/index.ts';
import { ADDRESS_HEADER } from '../../runtime/index.ts';
import { decideFor, type Wished } from '../decide.ts';
import type { Page } from '../error-pages.ts';
import type { ExchangeContext } from '../exchange.ts';
import { messageOf } from '../log.ts';
import { startWithin } from '../start-within.ts';
import type { RunningVersion } from '../version-pool.ts';

export interface LeaseContext extends Pick<ExchangeContext, 'versions' | 'crowd' | 'startTimeoutMs' | 'log' | 'answerWithPage'> {
  readonly index: () => HostIndex | undefined;
  readonly random: () => number;
}

/**
 * Answers with the address of a process that runs a version of the Worker, drawn from its split and started where it is cold. The
 * answer stays open, and the process has one request more in hand, until the asking side closes it, the process ends, or the edge does.
 */
export const giveLease = async (
  context: LeaseContext,
  script: string,
  wished: Wished,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const version = await versionFor(context, script, wished);
  if (response.destroyed) return;
  if (typeof version === 'string') return context.answerWithPage(request, response, version, { ray: '' });
  version.enter('request');
  response.once('close', () => version.leave('request'));
  void version.exited.then(() => response.end());
  response.writeHead(200, { [ADDRESS_HEADER]: `unix:${version.debugSocketPath}` }).flushHeaders();
};

const versionFor = async (context: LeaseContext, script: string, wished: Wished): Promise<RunningVersion | Page> => {
  const index = context.index();
  if (index === undefined) return 'no_table';
  const decision = decideFor(index, script, wished, context.random);
  if (decision.none !== undefined) return decision.none;
  const { versionId } = decision;
  try {
    const version = context.versions.running(versionId) ?? (await startWithin(context.versions, versionId, context.startTimeoutMs));
    return context.crowd.admits(version, 'request') ? version : 'crowded';
  } catch (error) {
    context.log.warn({ versionId, error: messageOf(error) }, 'A call of another Worker found no version to answer it.');
    return 'could_not_start';
  }
};
