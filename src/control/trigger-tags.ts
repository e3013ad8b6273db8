import { accept, refuse, type Result } from '../base/index.ts';
import type { LastChange, Refusal } from '../domain/index.ts';
import type { AuditFilter, CustomDomain, Queries, QueueConsumer, Route } from '../store/index.ts';
import { digest } from './expectations.ts';

/** A route as a client reads it and goes by. */
export const routeTag = ({ pattern, script }: Pick<Route, 'pattern' | 'script'>): string => digest([pattern, script]);

/** Stands for a host that no Worker has. */
const NO_DOMAIN = 'none';

export const domainTag = (domain: Pick<CustomDomain, 'hostname' | 'script' | 'enabled' | 'previewsEnabled'> | undefined): string =>
  domain === undefined ? NO_DOMAIN : digest([domain.hostname, domain.script, domain.enabled, domain.previewsEnabled]);

export const domainsTag = (domains: readonly CustomDomain[]): string => digest(domains.map(domainTag).toSorted());

export const consumerTag = ({ id, workerTag, settings, deadLetterQueue }: QueueConsumer): string =>
  digest([id, workerTag, settings, deadLetterQueue]);

/** What leads requests or messages to a Worker, and what it is now. */
type Trigger =
  | { readonly kind: 'route'; readonly route: Route }
  | { readonly kind: 'domain'; readonly hostname: string; readonly domain: CustomDomain | undefined }
  | { readonly kind: 'consumer'; readonly queue: string; readonly consumer: QueueConsumer };

/** Whether a trigger still is as the client read it; otherwise who changed it, and when. */
export const isAsRead = async (queries: Queries, trigger: Trigger, expected: string | undefined): Promise<Result<null, Refusal>> => {
  const present = tagOfTrigger(trigger);
  const isAsExpected = expected === 'any' ? present !== NO_DOMAIN : expected === undefined || expected === present;
  if (isAsExpected) return accept(null);
  return refuse({ code: 'trigger_changed', kind: trigger.kind, name: nameOf(trigger), last: await lastChangeOf(queries, trigger) });
};

const tagOfTrigger = (trigger: Trigger): string => {
  if (trigger.kind === 'route') return routeTag(trigger.route);
  return trigger.kind === 'domain' ? domainTag(trigger.domain) : consumerTag(trigger.consumer);
};

const nameOf = (trigger: Trigger): string => {
  if (trigger.kind === 'route') return trigger.route.pattern;
  return trigger.kind === 'domain' ? trigger.hostname : trigger.queue;
};

/** What the audit log may tell of changes of it. */
const tracesOf = (trigger: Trigger): readonly AuditFilter[] => {
  if (trigger.kind === 'route') {
    const { pattern, script } = trigger.route;
    const own = { target: `route/${pattern}`, action: 'route' };
    return script === null
      ? [own]
      : [own, { target: `worker/${script}`, action: 'routes.replace', listed: { in: 'patterns', name: pattern } }];
  }
  if (trigger.kind === 'consumer') return [{ target: `queue/${trigger.consumer.queueId}`, action: 'queue.consumer' }];
  const { hostname, domain } = trigger;
  const put = { action: 'domains.put', listed: { in: 'hostnames', name: hostname } } as const;
  return domain === undefined ? [{ target: `domain/${hostname}`, action: 'domain' }, put] : [{ ...put, target: `worker/${domain.script}` }];
};

const lastChangeOf = async ({ audit }: Queries, trigger: Trigger): Promise<LastChange | undefined> => {
  const traces = await Promise.all(tracesOf(trigger).map((filter) => audit.page({ offset: 0, limit: 1 }, filter)));
  const [last] = traces.flat().toSorted((a, b) => (a.at < b.at ? 1 : -1));
  // It went with its Worker, or was left out of all that one has: no row names it.
  const isUntold = trigger.kind === 'domain' && trigger.domain === undefined && last?.action === 'domains.put';
  return last === undefined || isUntold ? undefined : { by: last.actor.email, on: last.at };
};
