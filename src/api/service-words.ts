import type { Refusal, ServiceBinding } from '../domain/index.ts';
import type { Spoken } from './refusals.ts';

const said = (status: number, code: number, message: string): Spoken => ({ status, code, message });
type Of<Code extends Refusal['code']> = Extract<Refusal, { readonly code: Code }>;

/** What refusals about service bindings say. */
export const serviceWords = {
  services_missing: ({ bindings }: Of<'services_missing'>) =>
    said(
      400,
      10143,
      `${bindings.map(({ name, service }) => `Could not resolve service binding '${name}'. Target script '${service}' not found.`).join(' ')} Deploy ${bindings.length === 1 ? 'that Worker' : 'those Workers'} first; of two that bind each other, deploy one without the binding. Nothing was changed.`,
    ),
  version_services_missing: ({ versionId, bindings }: Of<'version_services_missing'>) =>
    said(
      409,
      100370,
      `The version ${versionId} cannot be deployed, because a Worker it binds no longer exists: ${describeLostServices(bindings)}. Nothing was changed.`,
    ),
  worker_services_in_use: ({ name, users }: Of<'worker_services_in_use'>) =>
    said(
      409,
      100371,
      `The Worker ${JSON.stringify(name)} was not deleted, because others call it: ${users.map(({ script, versionId, bindings }) => `version ${versionId} of ${script} serves and binds it as ${bindings.join(', ')}`).join('; ')}. Deploy these without the binding first, or delete it all the same with \`wrangler delete --force\` (?force=true).`,
    ),
};

export const describeLostServices = (bindings: readonly ServiceBinding[]): string =>
  bindings
    .map(({ name, service }) => `${name} binds ${JSON.stringify(service)} (deploy that Worker again, or deploy a version without it)`)
    .join('; ');
