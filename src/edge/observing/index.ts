/** What an edge sees of every invocation, and how the observe process hears of it. */
export { Invocations, type Ended } from './invocations.ts';
export { localLink, ReportRefused, type ObserveLink } from './observe-link.ts';
export { Observing } from './observing.ts';
export { remoteLink } from './remote-link.ts';
export { TraceRelay } from './trace-relay.ts';
export { OUTCOME_OF_PAGE, type EndOutcome } from './outcomes.ts';
