/** Where visitors arrive: follows the control plane's table, picks a version for each request, and proxies to its process. */
export { createEdge, type Edge, type EdgeOptions, type EdgeState } from './edge.ts';
export { DEFAULT_LIMITS, type EdgeLimits } from './limits.ts';
export type { Log } from './log.ts';
