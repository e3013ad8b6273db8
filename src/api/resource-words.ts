import { refOf, type LostBinding, type Refusal, type ResourceBinding, type ResourceKind } from '../domain/index.ts';
import type { Spoken } from './refusals.ts';

interface Words {
  readonly what: string;
  /** Cloudflare's code where a binding names one that does not exist, and where a call does. */
  readonly missing: number;
  readonly notFound: number;
  readonly exists: number;
  readonly invalid: number;
  readonly create: string;
}

const WORDS: Readonly<Record<ResourceKind, Words>> = {
  kv_namespace: {
    what: 'KV namespace',
    missing: 10041,
    notFound: 10013,
    exists: 10014,
    invalid: 10026,
    create: 'wrangler kv namespace create',
  },
  d1: { what: 'D1 database', missing: 10181, notFound: 7404, exists: 7502, invalid: 7400, create: 'wrangler d1 create' },
  r2_bucket: { what: 'R2 bucket', missing: 10085, notFound: 10006, exists: 10004, invalid: 10005, create: 'wrangler r2 bucket create' },
  queue: { what: 'queue', missing: 11000, notFound: 11000, exists: 11009, invalid: 100380, create: 'wrangler queues create' },
  mtls_certificate: {
    what: 'certificate',
    missing: 100390,
    notFound: 100391,
    exists: 100392,
    invalid: 100393,
    create: 'wrangler cert upload mtls-certificate',
  },
};

/** Where the calls on one resource of a kind are, under an account's path. */
const PATHS: Readonly<Record<ResourceKind, string>> = {
  kv_namespace: 'storage/kv/namespaces',
  d1: 'd1/database',
  r2_bucket: 'r2/buckets',
  queue: 'queues',
  mtls_certificate: 'mtls_certificates',
};

const said = (status: number, code: number, message: string): Spoken => ({ status, code, message });
type Of<Code extends Refusal['code']> = Extract<Refusal, { readonly code: Code }>;

/** R is said with a vowel in front. */
const oneOf = (kind: ResourceKind): string => `${kind === 'r2_bucket' ? 'An' : 'A'} ${WORDS[kind].what}`;

/** What refusals about resources say. */
export const resourceWords = {
  resource_exists: ({ kind, name }: Of<'resource_exists'>) =>
    said(kind === 'r2_bucket' ? 409 : 400, WORDS[kind].exists, `${oneOf(kind)} named ${JSON.stringify(name)} exists already.`),
  resource_not_found: ({ kind, key }: Of<'resource_not_found'>) =>
    said(404, WORDS[kind].notFound, `There is no ${WORDS[kind].what} ${JSON.stringify(key)}.`),
  resource_name_invalid: ({ kind, name, fault }: Of<'resource_name_invalid'>) =>
    said(400, WORDS[kind].invalid, `${oneOf(kind)} cannot be named ${JSON.stringify(name)}: ${fault}.`),
  resource_in_use: ({ kind, id, name, users, consumers = [] }: Of<'resource_in_use'>) =>
    said(
      409,
      100340,
      `The ${WORDS[kind].what} ${JSON.stringify(name)} is in use, so it was not deleted: ${[...users.map(describeUser), ...consumers.map((consumer) => describeConsumer(consumer, name))].join('; ')}. ${users.length === 0 ? 'Remove the consumer' : 'Deploy versions without it'} first, or delete it all the same with DELETE /accounts/<account id>/${PATHS[kind]}/${kind === 'r2_bucket' ? name : id}?force=true.`,
    ),
  resources_missing: ({ bindings }: Of<'resources_missing'>) =>
    said(400, WORDS[bindings[0]?.type ?? 'kv_namespace'].missing, `${bindings.map(describeMissing).join(' ')} Nothing was changed.`),
  certificate_invalid: ({ fault }: Of<'certificate_invalid'>) =>
    said(400, WORDS.mtls_certificate.invalid, `The certificate was not taken: ${fault}.`),
  certificate_is_authority: ({ binding }: Of<'certificate_is_authority'>) =>
    said(
      400,
      WORDS.mtls_certificate.missing,
      `The binding ${JSON.stringify(binding.name)} names the certificate ${JSON.stringify(binding.certificate_id)}, which is an authority's: a Worker presents certificates with a key, uploaded by \`wrangler cert upload mtls-certificate\`. Nothing was changed.`,
    ),
  version_resources_missing: ({ versionId, lost }: Of<'version_resources_missing'>) =>
    said(
      409,
      100341,
      `The version ${versionId} cannot be deployed, because something it binds no longer exists: ${lost.map(describeLost).join('; ')}. Nothing was changed.`,
    ),
  sql_refused: ({ reason }: Of<'sql_refused'>) => said(400, 7500, `Nothing of the SQL was done: ${reason}.`),
  r2_refused: ({ status, number, reason }: Of<'r2_refused'>) => said(status, number, reason),
  data_refused: ({ kind, status, reason }: Of<'data_refused'>) => said(status, WORDS[kind].invalid, reason),
};

const describeUser = ({ script, versionId, bindings }: Of<'resource_in_use'>['users'][number]): string =>
  `version ${versionId} of ${script} serves and binds it as ${bindings.join(', ')}`;

const describeConsumer = ({ script, queue }: { readonly script: string; readonly queue: string }, name: string): string =>
  queue === name
    ? `${script} consumes it (\`wrangler queues consumer remove ${queue} ${script}\` ends that)`
    : `it is the dead letter queue of ${queue}, which ${script} consumes`;

const describeMissing = (binding: ResourceBinding): string => {
  const { what, create } = WORDS[binding.type];
  return `The binding ${JSON.stringify(binding.name)} names the ${what} ${JSON.stringify(refOf(binding).key)}, which does not exist (${what} not found); create it with \`${create}\`.`;
};

/** A bucket or a queue can be made again under its name; the id of a namespace or a database is not given twice. */
export const describeLost = ({ binding, was, namesake }: LostBinding): string => {
  const { what, create } = WORDS[binding.type];
  const { by, key } = refOf(binding);
  const title = was === undefined || by === 'name' ? JSON.stringify(key) : `${JSON.stringify(was.name)} (${key})`;
  const end = was === undefined ? '' : `, deleted by ${was.by} at ${was.on}`;
  const another = namesake === undefined ? `another ${what}` : `${namesake}, which has its name now and none of its content`;
  const remedy = by === 'name' ? `create it again with \`${create} ${key}\`` : `upload a version that binds ${another}`;
  return `${binding.name} binds the ${what} ${title}${end} (${remedy}, or deploy a version without it)`;
};

export const whatIs = (kind: ResourceKind): string => WORDS[kind].what;
