export { accept, refuse, type Result } from './result.ts';
export { BrokenInvariant, invariant, unreachable } from './invariant.ts';
export { systemClock, timestampAfter, type Clock } from './clock.ts';
export { durationMs } from './duration.ts';
export { frameHeadLength, framePayloadLength, isFrameMasked, MOST_FRAME_HEAD } from './frame-head.ts';
export { randomIds, type Ids } from './ids.ts';
export { neighbourhood } from './neighbourhood.ts';
