import { accept, refuse, type Result } from '../base/index.ts';
import type { LastChange, Refusal } from '../domain/index.ts';
import type { CustomDomain, Queries, QueueConsumer, Route } from '../store/index.ts';
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

/** By what the audit log calls each kind, and the actions that change one of it. */
const tracesOf = (trigger: Trigger): readonly (readonly [target: string, action: string])[] => {
  if (trigger.kind === 'route') {
    const { pattern, script } = trigger.route;
    return [[`route/${pattern}`, 'route'], ...(script === null ? [] : [[`worker/${script}`, 'routes.replace'] as const])];
  }
  if (trigger.kind === 'consumer') return [[`queue/${trigger.consumer.queueId}`, 'queue.consumer']];
  const holder = trigger.domain?.script;
  return holder === undefined ? [[`domain/${trigger.hostname}`, 'domain']] : [[`worker/${holder}`, 'domains.put']];
};

const lastChangeOf = async ({ audit }: Queries, trigger: Trigger): Promise<LastChange | undefined> => {
  const traces = tracesOf(trigger).map(([target, action]) => audit.page({ offset: 0, limit: 1 }, { target, action }));
  const [last] = (await Promise.all(traces)).flat().toSorted((a, b) => (a.at < b.at ? 1 : -1));
  return last && { by: last.actor.email, on: last.at };
};
