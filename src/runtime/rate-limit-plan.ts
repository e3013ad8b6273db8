import type { RateLimitBinding } from '../domain/index.ts';
import type { BindingPlan, ExtensionPlan } from './plan.ts';
import { RESOURCE_HEADER, resourceSocket, type ExternalPlan } from './resource-plan.ts';

/**
 * What `env.LIMITER` is: workerd calls this with what the binding holds inside. Nothing of it but `limit()` can be reached by the
 * Worker, and another counter than its own not even by that: workerd writes the namespace on every call.
 */
const RATE_LIMIT_SOURCE = `class RateLimit {
  #fetcher;
  #rule;
  constructor({ fetcher, rule }) {
    this.#fetcher = fetcher;
    this.#rule = rule;
  }
  async limit(options) {
    if (typeof options !== 'object' || options === null) throw new TypeError('limit() takes an object with a "key"');
    const { key, ...others } = options;
    const unknown = Object.keys(others);
    if (unknown.length > 0) throw new TypeError('limit() takes a "key" only, not ' + unknown.join(', '));
    if (typeof key !== 'string') throw new TypeError('the "key" of limit() must be a string');
    const answer = await this.#fetcher.fetch('http://ratelimit/', { method: 'POST', body: JSON.stringify({ key, ...this.#rule }) });
    const said = await answer.json();
    if (!answer.ok) throw new Error('The rate limit cannot be checked: ' + said.error);
    return said;
  }
}
export default (inside) => new RateLimit(inside);
`;

export const RATE_LIMIT: ExtensionPlan = { name: 'switchback:ratelimit', source: RATE_LIMIT_SOURCE };

export const planRateLimit = ({ name, namespace_id, simple }: RateLimitBinding): BindingPlan => {
  const inner = { rule: { limit: simple.limit, period: simple.period } };
  return { name, field: 'wrapped', content: { wrappedBy: RATE_LIMIT.name, fetcher: serviceOf(namespace_id), inner } };
};

/** Where a namespace is counted: for all Workers that name it. */
export const rateLimitCounter = ({ namespace_id }: RateLimitBinding, dataFolder: string): ExternalPlan => ({
  name: serviceOf(namespace_id),
  socketPath: resourceSocket(dataFolder, 'ratelimit'),
  headers: { [RESOURCE_HEADER]: namespace_id },
});

const serviceOf = (namespace: string): string => `ratelimit:${namespace}`;
