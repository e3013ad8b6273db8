import { isMeasured } from '../deploy/consequence.ts';
import { count } from '../../words/index.ts';

interface KnownEdge {
  readonly id: string;
  readonly connected: boolean;
}

/** `All 1,200 requests a minute go to v41, on all 3 edges, within about a second.` */
export const rollbackInWords = (name: string, perMinute: number | undefined, edges: readonly KnownEdge[] | undefined): string => {
  const all = isMeasured(perMinute)
    ? `All ${count(Math.round(perMinute))} ${Math.round(perMinute) === 1 ? 'request' : 'requests'} a minute go to ${name}`
    : `All requests go to ${name}`;
  if (edges === undefined) return `${all} within about a second.`;
  const there = edges.filter(({ connected }) => connected).length;
  const away = edges.filter(({ connected }) => !connected).map(({ id }) => id);
  if (there === 0) return `${all} as soon as an edge is connected.`;
  if (away.length > 0)
    return `${all}, on ${there} of ${edges.length} edges, within about a second; ${away.join(', ')} will follow when it is connected again.`;
  return there === 1 ? `${all} within about a second.` : `${all}, on all ${there} edges, within about a second.`;
};
