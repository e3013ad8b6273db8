import { accept, refuse, type Result } from '../base/index.ts';
import type { Refusal } from './refusal.ts';
import { isCompatibilityDate } from './upload.ts';
import type { VersionSpec } from './version.ts';

/**
 * A secret reaches its Worker's process as one string of the environment: such a string ends at a NUL, and Linux takes
 * 128 KiB of it (MAX_ARG_STRLEN) and 2 MiB of all of them (a quarter of the usual stack).
 */
const MOST_SECRET_BYTES = 64 * 1024;
const MOST_SECRETS_BYTES = 1024 * 1024;

/** All variables together. They stand in the runtime's configuration, and each edge fetches them with the version. */
const MOST_VARIABLES_BYTES = 1024 * 1024;

/** All certificates that a version presents, with their keys. */
const MOST_CERTIFICATES_BYTES = 1024 * 1024;

/** What must hold of a version before it is tried, whichever of the many ways it came about. */
export const checkedSpec = (spec: VersionSpec): Result<VersionSpec, Refusal> => {
  const { compatibilityDate: date } = spec;
  if (date !== undefined && !isCompatibilityDate(date)) return refuse({ code: 'compatibility_date_invalid', date });
  const secrets = checkedSecrets(spec);
  if (!secrets.ok) return secrets;
  const variables = checkedVariables(spec);
  if (!variables.ok) return variables;
  const certificates = checkedCertificates(spec);
  return certificates.ok ? checkedParts(spec) : certificates;
};

const checkedSecrets = (spec: VersionSpec): Result<VersionSpec, Refusal> => {
  let total = 0;
  for (const binding of spec.bindings) {
    if (binding.type !== 'secret_text') continue;
    const bytes = new TextEncoder().encode(binding.text).length;
    const fault = faultIn(binding.text, bytes);
    if (fault !== undefined) return refuse({ code: 'secret_invalid', name: binding.name, fault });
    total += bytes;
  }
  return total > MOST_SECRETS_BYTES ? refuse({ code: 'secrets_too_large', bytes: total, limit: MOST_SECRETS_BYTES }) : accept(spec);
};

const faultIn = (text: string, bytes: number): string | undefined => {
  if (text.includes('\0')) return 'it holds a NUL character, which cannot be passed on; store it encoded, for example as base64';
  return bytes > MOST_SECRET_BYTES ? `it is ${bytes} bytes long, and at most ${MOST_SECRET_BYTES} are allowed` : undefined;
};

const checkedVariables = (spec: VersionSpec): Result<VersionSpec, Refusal> => {
  let total = 0;
  for (const binding of spec.bindings) {
    if (binding.type !== 'plain_text' && binding.type !== 'json') continue;
    total += new TextEncoder().encode(binding.type === 'json' ? JSON.stringify(binding.json) : binding.text).length;
    if (total <= MOST_VARIABLES_BYTES) continue;
    const fault = `with it the variables hold more than the ${MOST_VARIABLES_BYTES} bytes they may; make it a module and import it`;
    return refuse({ code: 'binding_invalid', name: binding.name, fault });
  }
  return accept(spec);
};

const checkedCertificates = (spec: VersionSpec): Result<VersionSpec, Refusal> => {
  let total = 0;
  for (const binding of spec.bindings) {
    if (binding.type !== 'mtls_certificate' || binding.keypair === undefined) continue;
    total += binding.keypair.certificates.length + binding.keypair.privateKey.length;
    if (total <= MOST_CERTIFICATES_BYTES) continue;
    const fault = `with it the certificates that are bound are longer than the ${MOST_CERTIFICATES_BYTES} bytes they may be`;
    return refuse({ code: 'binding_invalid', name: binding.name, fault });
  }
  return accept(spec);
};

const checkedParts = (spec: VersionSpec): Result<VersionSpec, Refusal> => {
  for (const binding of spec.bindings) {
    if (binding.type === 'assets' && spec.assets === undefined)
      return refuse({ code: 'binding_invalid', name: binding.name, fault: 'it binds assets, and the version has none' });
    if ('part' in binding && !spec.modules.some(({ name }) => name === binding.part)) {
      return refuse({ code: 'binding_invalid', name: binding.name, fault: `its part ${JSON.stringify(binding.part)} was not uploaded` });
    }
  }
  return accept(spec);
};
