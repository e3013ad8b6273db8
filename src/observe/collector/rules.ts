import type { CollectRule } from '../report.ts';

/** Edges of which the rules are kept; what one machine has is few. */
const MOST_EDGES = 64;

/** What is to be kept of each Worker's invocations, as edges last said. */
export class Rules {
  readonly #byEdge = new Map<string, ReadonlyMap<string, CollectRule>>();

  /** Before an edge has told its rules nobody knows what is not wanted. */
  get areKnown(): boolean {
    return this.#byEdge.size > 0;
  }

  told(edge: string, rules: readonly CollectRule[]): void {
    this.#byEdge.delete(edge);
    this.#byEdge.set(edge, new Map(rules.map((rule) => [rule.script, rule])));
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

  /** As they can be stored, and told again after a start. */
  get all(): readonly (readonly [edge: string, rules: readonly CollectRule[]])[] {
    return [...this.#byEdge].map(([edge, rules]) => [edge, [...rules.values()]]);
  }
}
