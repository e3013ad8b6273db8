export { type Asking, type Call } from './call.ts';
export { UpstreamFailure, type FailureReason } from './failure.ts';
export { giveBack, isLent } from './pieces.ts';
export { Upstream } from './upstream.ts';
