import type { RateLimitBinding } from '../domain/index.ts';
import type { BindingPlan, ExtensionPlan } from './plan.ts';
import { RESOURCE_HEADER, resourceSocket, type ExternalPlan } from './resource-plan.ts';

/**
 * What `env.LIMITER` is: workerd calls this with what the binding holds inside. Nothing of it but `limit()` can be reached by the
 * Worker, and another counter or rule than its own not even by that: workerd writes namespace, limit and period on every call. What is
 * written in here could be another's: the Worker may have put its own in place of `JSON.stringify`.
 */
const RATE_LIMIT_SOURCE = `class RateLimit {
  #fetcher;
  constructor({ fetcher }) {
    this.#fetcher = fetcher;
  }
  async limit(options) {
    if (typeof options !== 'object' || options === null) throw new TypeError('limit() takes an object with a "key"');
    const { key, ...others } = options;
    const unknown = Object.keys(others);
    if (unknown.length > 0) throw new TypeError('limit() takes a "key" only, not ' + unknown.join(', '));
    if (typeof key !== 'string') throw new TypeError('the "key" of limit() must be a string');
    const answer = await this.#fetcher.fetch('http://ratelimit/', { method: 'POST', body: JSON.stringify({ key }) });
    const said = await answer.json();
    if (!answer.ok) throw new Error('The rate limit cannot be checked: ' + said.error);
    return said;
  }
}
export default (inside) => new RateLimit(inside);
`;

export const RATE_LIMIT: ExtensionPlan = { name: 'switchback:ratelimit', source: RATE_LIMIT_SOURCE };

/** In which headers a version's process says how many calls in how many seconds are within the limit. */
export const LIMIT_HEADER = 'switchback-ratelimit-limit';
export const PERIOD_HEADER = 'switchback-ratelimit-period';

export const planRateLimit = (binding: RateLimitBinding): BindingPlan => ({
  name: binding.name,
  field: 'wrapped',
  content: { wrappedBy: RATE_LIMIT.name, fetcher: serviceOf(binding) },
});

/** Where a namespace is counted, for all Workers that name it, against this binding's rule. */
export const rateLimitCounter = (binding: RateLimitBinding, dataFolder: string): ExternalPlan => ({
  name: serviceOf(binding),
  socketPath: resourceSocket(dataFolder, 'ratelimit'),
  headers: {
    [RESOURCE_HEADER]: binding.namespace_id,
    [LIMIT_HEADER]: String(binding.simple.limit),
    [PERIOD_HEADER]: String(binding.simple.period),
  },
});

const serviceOf = ({ namespace_id, simple }: RateLimitBinding): string => `ratelimit:${namespace_id}:${simple.limit}:${simple.period}`;
