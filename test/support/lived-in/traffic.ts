import { setTimeout as wait } from 'node:timers/promises';
import type { Server } from '../server.ts';
import { chance } from './chance.ts';

export interface TrafficOptions {
  readonly perSecond?: number;
  readonly signal: AbortSignal;
}

const CART = encodeURIComponent(JSON.stringify([{ sku: 'P12', quantity: 2 }, { sku: 'B7' }]));
const GIFTS = encodeURIComponent(JSON.stringify([{ sku: 'G50' }]));

/** What visitors ask for, and about how often of a hundred times. Some of it the Workers fail at, as rarely as they did before. */
const ASKED: readonly (readonly [weight: number, host: string, path: string])[] = [
  [44, 'checkout', `/cart?cart=${CART}&country=DE`],
  [0.1, 'checkout', `/cart?cart=${GIFTS}`],
  [0.06, 'checkout', `/pay?cart=${CART}&card=busy`],
  [0.05, 'checkout', `/pay?cart=${CART}&country=ZZ`],
  [0.02, 'checkout', '/cart?cart=%5B'],
  [24, 'img', '/plants/fern.jpg?w=600'],
  [0.9, 'img', '/plants/ivy.avif?w=600'],
  [0.13, 'img', '/plants/old.heic'],
  [15, 'session', '/?id=4711'],
  [10, '', '/'],
];

/** Visitors who come to the edge until they are told to leave: a few a second, whatever they are answered. */
export const traffic = async (server: Server, { perSecond = 20, signal }: TrafficOptions): Promise<void> => {
  const random = chance('traffic');
  const underWay = new Set<Promise<unknown>>();
  while (!signal.aborted) {
    const [, host, path] = asked(random.next());
    const visit = server.visit(host === '' ? 'fernhill.example' : `${host}.fernhill.example`, path).catch(() => {});
    underWay.add(visit);
    void visit.finally(() => underWay.delete(visit));
    // A slow machine is not asked for more than it answers.
    if (underWay.size >= 2 * perSecond) await Promise.race(underWay);
    await wait(1000 / perSecond, undefined, { signal }).catch(() => {});
  }
  await Promise.all(underWay);
};

const asked = (draw: number): (typeof ASKED)[number] => {
  let left = draw * ASKED.reduce((sum, [weight]) => sum + weight, 0);
  const [first] = ASKED;
  for (const each of ASKED) if ((left -= each[0]) < 0) return each;
  return first as (typeof ASKED)[number]; // The list is not empty.
};
