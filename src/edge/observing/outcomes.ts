import type { Outcome } from '../../observe/index.ts';
import type { Ending, ProcessFault } from '../../runtime/index.ts';
import type { Page } from '../error-pages.ts';

/** How an invocation ended, as far as its carrier knows. `broke_off`: its process, or what it ran there, let go of it. */
export type EndOutcome = Outcome | 'broke_off';

/**
 * What an invocation counts as whose request the edge answered itself; absent where the request was not one that can be sent on. That a
 * visitor sends too much is no failure of the version's.
 */
export const OUTCOME_OF_PAGE: Readonly<Partial<Record<Page, EndOutcome>>> = {
  worker_threw: 'exception',
  worker_hung: 'exceededWallTime',
  crowded: 'loadShed',
  could_not_start: 'unknown',
  keeps_failing: 'unknown',
  worker_gone: 'broke_off',
  body_too_large: 'canceled',
};

/** One whose process still runs was let go of by its own code, as an answer is whose stream throws. */
export const outcomeOfBreak = (ending: Pick<Ending, 'fault'> | undefined): Outcome => {
  if (ending === undefined) return 'exception';
  // Of one that was killed by somebody else nobody knows why.
  return ending.fault === undefined ? 'unknown' : OUTCOME_OF_FAULT[ending.fault];
};

const OUTCOME_OF_FAULT: Readonly<Record<ProcessFault, Outcome>> = {
  memory: 'exceededMemory',
  cpu: 'exceededCpu',
  silence: 'exceededWallTime',
};
