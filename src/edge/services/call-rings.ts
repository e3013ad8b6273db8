/**
 * How many calls between Workers that call each other in a ring may be under way for each request that came from outside the ring.
 * Cloudflare lets one request invoke 32 Workers in all
 * (https://developers.cloudflare.com/workers/runtime-apis/bindings/service-bindings/#limits); if on average there are more, one has.
 */
export const MOST_CALLS_IN_RING = 32;

/**
 * The calls between Workers that are under way. A request that a Worker makes anew says nothing of the one it is made for, so the depth
 * of a call is not known; that calls go round without end shows in their number all the same.
 */
export class CallRings {
  /** Of caller, then callee. */
  readonly #calls = new Map<string, Map<string, number>>();
  readonly #underWay: (script: string) => number;

  /** `underWay`: how many requests of any kind a Worker has in hand. */
  constructor(underWay: (script: string) => number) {
    this.#underWay = underWay;
  }

  /** Counts one call more. */
  enter(caller: string, callee: string): void {
    const callees = this.#calls.get(caller) ?? new Map<string, number>();
    callees.set(callee, (callees.get(callee) ?? 0) + 1);
    this.#calls.set(caller, callees);
  }

  leave(caller: string, callee: string): void {
    const callees = this.#calls.get(caller);
    const left = (callees?.get(callee) ?? 1) - 1;
    if (left > 0) callees?.set(callee, left);
    else if (callees?.delete(callee) === true && callees.size === 0) this.#calls.delete(caller);
  }

  /** The Workers that a call would pass once more, from caller to caller, where too many go that way; undefined where it may be made. */
  ringOf(caller: string, callee: string): readonly string[] | undefined {
    const way = this.#way(callee, caller);
    if (way === undefined) return undefined;
    const ring = new Set([...this.#reachedFrom(callee)].filter((script) => this.#reachedFrom(script).has(caller)).concat(caller));
    const calls = this.#callsInside(ring);
    const inside = [...calls.values()].reduce((sum, count) => sum + count, 0);
    // Of each Worker by itself: calls that wait for a cold one to start are in nobody's hands yet, and take nothing from what others have.
    const fromOutside = [...ring].reduce((sum, script) => sum + Math.max(0, this.#underWay(script) - (calls.get(script) ?? 0)), 0);
    return inside < MOST_CALLS_IN_RING * Math.max(1, fromOutside) ? undefined : [caller, ...way];
  }

  /** By callee. */
  #callsInside(ring: ReadonlySet<string>): ReadonlyMap<string, number> {
    const calls = new Map<string, number>();
    for (const caller of ring) {
      for (const [callee, count] of this.#calls.get(caller) ?? [])
        if (ring.has(callee)) calls.set(callee, (calls.get(callee) ?? 0) + count);
    }
    return calls;
  }

  #reachedFrom(script: string): ReadonlySet<string> {
    const reached = new Set([script]);
    for (const each of reached) for (const callee of this.#calls.get(each)?.keys() ?? []) reached.add(callee);
    return reached;
  }

  /** The shortest, both ends included. */
  #way(from: string, to: string): readonly string[] | undefined {
    const ways = new Map<string, readonly string[]>([[from, [from]]]);
    for (const [script, way] of ways) {
      if (script === to) return way;
      for (const callee of this.#calls.get(script)?.keys() ?? []) if (!ways.has(callee)) ways.set(callee, [...way, callee]);
    }
    return undefined;
  }
}
