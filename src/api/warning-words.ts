import type { Refusal, Warning } from '../domain/index.ts';
import { describeLostObjects } from './object-words.ts';
import { spoken } from './refusals.ts';
import { describeLost, whatIs } from './resource-words.ts';
import { describeLostServices } from './service-words.ts';

type Words = {
  readonly [Code in Warning['code']]: (warning: Extract<Warning, { readonly code: Code }>) => Warned;
};

/** What a warning says. Codes of ours continue those of refusals. */
export interface Warned {
  readonly code: number;
  readonly message: string;
}

const words: Words = {
  secrets_changed: (warning: Extract<Refusal, { readonly code: 'secrets_changed' }>) => {
    const { code, message } = spoken(warning);
    return { code, message };
  },
  serves_without_resources: ({ versionId, lost }) => ({
    code: 100342,
    message: `The version ${versionId} serves although something it binds no longer exists: ${lost.map(describeLost).join('; ')}.`,
  }),
  serves_without_services: ({ versionId, bindings }) => ({
    code: 100372,
    message: `The version ${versionId} serves although a Worker it binds no longer exists: ${describeLostServices(bindings)}.`,
  }),
  serves_without_objects: ({ versionId, bindings }) => ({
    code: 100365,
    message: `The version ${versionId} serves although Durable Objects it binds no longer exist: ${describeLostObjects(bindings)}.`,
  }),
  handler_missing: ({ versionId, handler, sources }) => ({
    code: handler === 'queue' ? 100326 : 100325,
    message:
      handler === 'queue'
        ? `The version ${versionId} has no queue() handler, and its Worker consumes ${sources.join(', ')}: messages wait while it serves, and go when their queue keeps them no longer.`
        : `The version ${versionId} has no scheduled() handler, and its Worker has the cron triggers ${sources.map((cron) => JSON.stringify(cron)).join(', ')}: they are missed while it serves.`,
  }),
  schema_changed: ({ versionId, binding, name, changedOn, since }) => ({
    code: 100344,
    message: `The tables of the D1 database ${JSON.stringify(name)} that ${versionId} binds as ${binding.name} were changed at ${changedOn}, after that version was there last (${since}): its statements may not fit them. A rollback changes nothing in a database.`,
  }),
  schema_unknown: ({ versionId, binding, name }) => ({
    code: 100345,
    message: `Whether the tables of the D1 database ${JSON.stringify(name)} that ${versionId} binds as ${binding.name} changed could not be asked: what holds the databases does not answer.`,
  }),
  service_redeployed: ({ versionId, binding, deployedOn, since }) => ({
    code: 100373,
    message: `The Worker ${JSON.stringify(binding.service)} that ${versionId} binds as ${binding.name} was deployed at ${deployedOn}, after that version was there last (${since}): it may not answer as it did then.`,
  }),
  resource_recreated: ({ versionId, binding, createdOn, since }) => ({
    code: 100343,
    message: `The ${whatIs(binding.type)} that ${versionId} binds as ${binding.name} was made anew at ${createdOn}, after that version was there last (${since}): it does not hold what it held then.`,
  }),
};

export const warned = (warning: Warning): Warned =>
  // Each entry takes exactly the warning of its own code, which is how it was looked up.
  (words[warning.code] as (warning: Warning) => Warned)(warning);
