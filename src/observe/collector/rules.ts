import type { CollectRule } from '../report.ts';

/** Edges of which the rules are kept; what one machine has is few. */
const MOST_EDGES = 64;

const byScript = (rules: readonly CollectRule[]): ReadonlyMap<string, CollectRule> => new Map(rules.map((rule) => [rule.script, rule]));

/** What is to be kept of each Worker's invocations, as edges last said. */
export class Rules {
  #byEdge = new Map<string, ReadonlyMap<string, CollectRule>>();
  #isRemembered = false;

  /** What edges said before a start stands until the first of them says it anew: others of them may be gone. */
  remember(edges: readonly (readonly [edge: string, rules: readonly CollectRule[]])[]): void {
    this.#byEdge = new Map(edges.map(([edge, rules]) => [edge, byScript(rules)]));
    this.#isRemembered = true;
  }

  /** Before an edge has told its rules nobody knows what is not wanted. */
  get areKnown(): boolean {
    return this.#byEdge.size > 0;
  }

  told(edge: string, rules: readonly CollectRule[]): void {
    if (this.#isRemembered) this.#byEdge.clear();
    this.#isRemembered = false;
    this.#byEdge.delete(edge);
    this.#byEdge.set(edge, byScript(rules));
    const [oldest] = this.#byEdge.keys();
    if (this.#byEdge.size > MOST_EDGES && oldest !== undefined) this.#byEdge.delete(oldest);
  }

  of(script: string): CollectRule | undefined {
    for (const rules of this.#byEdge.values()) {
      const rule = rules.get(script);
      if (rule !== undefined) return rule;
    }
    return undefined;
  }
}
