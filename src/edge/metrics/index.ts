/** What an edge did and how it is, for Prometheus. */
export { exposition, type EdgeFacts } from './exposition.ts';
export { Totals } from './totals.ts';
