import { BrokenInvariant } from '../base/index.ts';
import type { LastChange, ModuleNameFault, Refusal, WorkerPart } from '../domain/index.ts';
import { kvWords } from './kv-words.ts';
import { logpushWords } from './logpush-words.ts';
import { objectWords } from './object-words.ts';
import { queueWords } from './queue-words.ts';
import { resourceWords } from './resource-words.ts';
import { serviceWords } from './service-words.ts';
import { sessionWords } from './session-words.ts';

/** What a refusal says over HTTP. Codes are Cloudflare's where one is known, else ours from 100,300 up. */
export interface Spoken {
  readonly status: number;
  readonly code: number;
  readonly message: string;
  /** What else a client can act on. */
  readonly meta?: Readonly<Record<string, unknown>>;
}

const MODULE_NAME_FAULTS: Readonly<Record<ModuleNameFault, string>> = {
  empty: 'it is empty',
  too_long: 'it is longer than 512 bytes',
  absolute: 'it is an absolute path; name modules relative to the Worker',
  traversal: 'it leaves the Worker\'s own folder with ".."',
  backslash: 'it holds a backslash; separate folders with "/"',
  control_character: 'it holds a control character',
};

const PARTS: Readonly<Record<WorkerPart, string>> = {
  versions: 'versions',
  settings: 'settings',
  secrets: 'secrets',
  script_settings: 'settings',
  schedules: 'cron schedules',
};

const TRIGGERS = { route: 'route', domain: 'custom domain', consumer: 'consumer of the queue' } as const;

const lastWords = ({ by, on, version, isDeployment }: LastChange): string => {
  if (isDeployment === true) return `${by} deployed at ${on}`;
  return version === undefined ? `${by} changed them at ${on}` : `${by} made version ${version} at ${on}`;
};

type Words = { readonly [Code in Refusal['code']]: (refusal: Extract<Refusal, { readonly code: Code }>) => Spoken };

const said = (status: number, code: number, message: string): Spoken => ({ status, code, message });

const oneOf = (words: readonly string[]): string => new Intl.ListFormat('en', { type: 'disjunction' }).format(words);

/** Every refusal has a code, a status and one sentence with its remedy; a new refusal does not compile until it has. */
const words: Words = {
  ...resourceWords,
  ...kvWords,
  ...queueWords,
  ...logpushWords,
  ...objectWords,
  ...serviceWords,
  ...sessionWords,
  // Access
  token_missing: () =>
    said(
      401,
      10000,
      'Authentication error: no API token was sent. Send it as "Authorization: Bearer <token>"; `switchback env` prints the operator\'s.',
    ),
  token_wrong: () =>
    said(
      401,
      10000,
      "Authentication error: this API token is unknown or was revoked. `switchback env` prints the operator's; `switchback token create` makes another.",
    ),
  account_foreign: ({ accountId }) =>
    said(
      403,
      10000,
      `Authentication error: ${JSON.stringify(accountId)} is no account id. It has 32 hex digits; \`switchback env\` prints this server's.`,
    ),
  host_unknown: ({ host }) =>
    said(
      421,
      100300,
      `This server is not known as ${JSON.stringify(host)}. Call it by its own address, or start it with --allowed-host ${host}.`,
    ),
  path_unknown: ({ method, path }) =>
    said(
      404,
      7003,
      `Could not route to ${path}, perhaps your object identifier is invalid? (${method}) The API's description is at /openapi.json.`,
    ),
  method_unknown: ({ method, path, allowed }) => said(405, 10405, `Method ${method} is not allowed for ${path}; use ${oneOf(allowed)}.`),
  body_not_json: ({ detail }) => said(400, 10026, `The request's body is not JSON: ${detail}.`),
  body_too_large: ({ limit, meaning }) =>
    said(413, 100301, `The request's body is larger than ${limit} bytes${meaning === undefined ? '' : `: ${meaning}`}.`),
  request_invalid: ({ faults }) => said(400, 10026, `The request is malformed: ${faults.join('; ')}.`),
  product_not_offered: ({ product }) => said(403, 10403, `Switchback does not offer ${product} yet.`),

  // Uploads
  worker_name_invalid: ({ name }) =>
    said(
      400,
      10016,
      `The Worker name ${JSON.stringify(name)} is invalid: it must be 1 to 63 characters of a-z, 0-9, "-" and "_", and neither begin nor end with "-".`,
    ),
  metadata_missing: () =>
    said(400, 10021, 'The upload has no "metadata" part. Send the metadata as JSON in a form field named "metadata".'),
  metadata_invalid: ({ faults }) => said(400, 10021, `The upload's metadata is malformed: ${faults.join('; ')}.`),
  main_module_missing: () =>
    said(
      400,
      10021,
      'The metadata names no entry. Set "main_module" to the name of the ES module to start with (or "body_part" for a service-worker script).',
    ),
  main_module_not_uploaded: ({ name, uploaded }) =>
    said(
      400,
      10021,
      `The entry ${JSON.stringify(name)} is not among the uploaded modules (${uploaded.length === 0 ? 'there are none' : uploaded.slice(0, 10).join(', ')}).`,
    ),
  module_name_invalid: ({ name, reason }) =>
    said(400, 10021, `The module name ${JSON.stringify(name.slice(0, 200))} is invalid: ${MODULE_NAME_FAULTS[reason]}.`),
  module_twice: ({ name }) =>
    said(400, 10021, `The module ${JSON.stringify(name)} was uploaded twice. Give each module a name of its own.`),
  module_type_unknown: ({ name, contentType }) =>
    said(
      400,
      10021,
      `The module ${JSON.stringify(name)} has the content type ${JSON.stringify(contentType)}, which is none of a module. Use application/javascript+module for ES modules.`,
    ),
  python_unsupported: ({ name }) =>
    said(
      400,
      10021,
      `${JSON.stringify(name)} is a Python module. Python Workers are not supported; use JavaScript, TypeScript or WebAssembly.`,
    ),
  service_worker_version: () =>
    said(
      400,
      10021,
      'Versions need ES modules: this upload is in service-worker syntax. Migrate it (https://developers.cloudflare.com/workers/reference/migrate-to-module-workers/), or upload it with `wrangler deploy`.',
    ),
  service_worker_parts: ({ name }) =>
    said(
      400,
      10021,
      `A Worker in service-worker syntax is one script, but ${JSON.stringify(name)} is a second one. Bundle them into one, or use ES modules.`,
    ),
  metadata_unsupported: ({ member }) =>
    said(
      400,
      10021,
      `Switchback does not support ${JSON.stringify(member)} yet, so nothing was changed. Remove it from the project's configuration to go on.`,
    ),
  metadata_elsewhere: ({ member }) =>
    said(
      400,
      10021,
      `This call changes a part of what runs and does not take ${JSON.stringify(member)}, so nothing was changed. Send it with the whole Worker: PUT /accounts/<account id>/workers/scripts/<Worker>, as \`wrangler deploy\` does.`,
    ),
  binding_unsupported: ({ name, type }) =>
    said(
      400,
      10021,
      `The binding ${JSON.stringify(name)} is of type "${type}", which Switchback does not support yet, so nothing was changed. Remove it from the project's configuration to go on.`,
    ),
  binding_invalid: ({ name, fault }) => said(400, 10021, `The binding ${JSON.stringify(name)} is invalid: ${fault}.`),
  binding_twice: ({ name }) => said(400, 10021, `Two bindings are named ${JSON.stringify(name)}. Give each binding a name of its own.`),
  inherit_missing: ({ names }) =>
    said(
      400,
      10057,
      names.map((name) => `inherit binding '${name}' is invalid: the version before has no binding of that name`).join('; '),
    ),
  too_many_bindings: ({ count, limit }) => said(400, 10021, `The version has ${count} bindings; at most ${limit} are allowed.`),
  compatibility_date_invalid: ({ date }) =>
    said(400, 10021, `The compatibility date ${JSON.stringify(date)} is no date. Write it as YYYY-MM-DD.`),
  tag_too_long: ({ bytes, limit }) => said(400, 10021, `The version's tag is ${bytes} bytes long; at most ${limit} are allowed.`),
  message_too_long: ({ bytes, limit }) => said(400, 10021, `The message is ${bytes} bytes long; at most ${limit} are allowed.`),
  alias_invalid: ({ alias, reason }) => said(400, 10021, `The preview alias ${JSON.stringify(alias)} is invalid: ${reason}.`),
  secret_invalid: ({ name, fault }) => said(400, 10021, `The secret ${JSON.stringify(name)} cannot be stored: ${fault}.`),
  secrets_too_large: ({ bytes, limit }) =>
    said(400, 10021, `The secrets of the version are ${bytes} bytes long together; at most ${limit} are allowed.`),
  version_member_fixed: ({ member }) =>
    said(
      400,
      10021,
      `A version can be patched by its "env" and "annotations", not by ${JSON.stringify(member)}. Upload a new version instead.`,
    ),
  version_binding_fixed: ({ name, type }) =>
    said(
      400,
      10021,
      `${JSON.stringify(name)} is of type ${JSON.stringify(type)}, but a version can be patched by secrets only. Upload a new version instead.`,
    ),
  trial_failed: ({ message }) => said(400, 10021, message),
  first_upload_by_version: ({ name }) =>
    said(
      404,
      10007,
      `The Worker ${JSON.stringify(name)} does not exist yet, so no version can be uploaded to it. Run \`wrangler deploy\` once first.`,
    ),
  upload_too_large: ({ limit }) =>
    said(413, 10027, `The upload is larger than the limit of ${limit} bytes. Nothing was stored. The limit is set with --max-upload-mb.`),
  assets_too_many: ({ count, limit }) => said(400, 100350, `The manifest names ${count} assets; at most ${limit} are allowed.`),
  asset_invalid: ({ path, fault }) => said(400, 100351, `The asset ${JSON.stringify(path.slice(0, 200))} cannot be uploaded: ${fault}.`),
  asset_not_wanted: ({ hash }) =>
    said(400, 100352, `A file was uploaded as ${JSON.stringify(hash)}, which the manifest of this session does not name.`),
  asset_differs: ({ hash, expected, size }) =>
    said(
      400,
      100353,
      `The file ${JSON.stringify(hash)} is ${size} bytes long, and the manifest says ${expected}: it changed while it was uploaded. Deploy again.`,
    ),
  assets_config_invalid: ({ member, fault }) =>
    said(400, 10021, `The member ${JSON.stringify(member)} of the assets' config is invalid: ${fault}.`),
  assets_incomplete: ({ missing }) =>
    said(400, 100354, `Of the assets ${missing} are not here any more: the session is too old. Deploy again.`),
  assets_missing: () =>
    said(
      400,
      10021,
      'The upload names assets without the files of any: give the "jwt" of a finished upload session, or "keep_assets" where the version before has assets.',
    ),
  asset_session_invalid: ({ fault }) =>
    said(401, 100355, `The token of the asset upload session is invalid: ${fault}. Open another session (deploy again).`),
  form_invalid: ({ detail }) => said(400, 10021, `The upload could not be read: ${detail}.`),

  // Deployments
  split_empty: () => said(400, 100310, 'A deployment needs one or two versions; none was given.'),
  split_too_many: ({ count }) => said(400, 100311, `A deployment has one or two versions; ${count} were given.`),
  split_same_version_twice: ({ versionId }) =>
    said(400, 100312, `The version ${versionId} was given twice. Name two different versions, or one at 100 %.`),
  split_percentage_out_of_range: ({ versionId, percentage }) =>
    said(400, 100313, `The percentage of version ${versionId} is ${percentage}; it must be a number from 0 to 100.`),
  split_not_100: ({ total }) => said(400, 100314, `The percentages total ${total}; they must total 100.`),
  version_not_found: ({ versionId }) =>
    said(
      404,
      100146,
      `The version ${JSON.stringify(versionId)} was not found among the versions of this Worker. \`wrangler versions list\` shows them.`,
    ),
  version_outside_window: ({ versionId, window }) =>
    said(
      400,
      100315,
      `The version ${versionId} is older than the ${window} most recent ones, and only those may be deployed. Upload it again, or raise --deployable-versions.`,
    ),
  version_is_live: ({ versionId }) =>
    said(409, 100316, `The version ${versionId} is in the active deployment. Deploy another version first.`),
  secrets_changed: ({ versionId, names }) =>
    said(
      400,
      10220,
      `The version ${versionId} is older than the one that serves, and would bring back old values of secrets. To deploy it all the same, use \`wrangler rollback ${versionId}\` or add ?force=true. The following secrets have changed: ${names.join(', ')}`,
    ),
  deployment_refused: ({ reasons }) => spokenTogether(reasons),
  worker_held: ({ reasons }) => spokenTogether(reasons),
  active_deployment_changed: ({ expected, active }) =>
    said(
      412,
      100317,
      active === undefined
        ? `Nothing is deployed, but the request expects the deployment ${expected}. Read the deployments again.`
        : `The active deployment is ${active.id}, made by ${active.by} at ${active.createdOn}, not ${expected === 'none' ? 'none at all' : expected}. Look at it, then deploy again.`,
    ),
  deployment_not_found: ({ deploymentId }) =>
    said(404, 100318, `The deployment ${JSON.stringify(deploymentId)} was not found among the deployments of this Worker.`),
  deployment_is_active: ({ deploymentId }) =>
    said(409, 100319, `The deployment ${deploymentId} is the active one and cannot be deleted. Deploy something else first.`),
  no_versions: ({ name }) =>
    said(404, 10222, `The Worker ${JSON.stringify(name)} has no uploaded versions. Run \`wrangler deploy\` first.`),
  nothing_deployed: ({ name }) => said(404, 100320, `Nothing of the Worker ${JSON.stringify(name)} is deployed. Deploy a version first.`),

  // Workers and what belongs to them
  worker_not_found: ({ name }) => said(404, 10007, `This Worker does not exist on your account: ${JSON.stringify(name)}.`),
  service_not_found: ({ name }) => said(404, 10090, `This Worker does not exist on your account: ${JSON.stringify(name)}.`),
  changed_meanwhile: ({ part, name, last }) =>
    said(
      412,
      100322,
      `The ${PARTS[part]} of the Worker ${JSON.stringify(name)} are no more as you read them${last === undefined ? '' : `: ${lastWords(last)}`}. Read them again, then make your change.`,
    ),
  trigger_changed: ({ kind, name, last }) =>
    said(
      412,
      100323,
      `The ${TRIGGERS[kind]} ${JSON.stringify(name)} is no more as you read it${last === undefined ? '' : `: ${last.by} changed it at ${last.on}`}. Read it again, then make your change.`,
    ),
  worker_renamed: ({ name, to }) =>
    said(
      400,
      100321,
      `The Worker ${JSON.stringify(name)} cannot be renamed to ${JSON.stringify(to)}. Upload it under the new name, then delete the old one.`,
    ),
  worker_exists: ({ name }) => said(409, 10040, `A Worker named ${JSON.stringify(name)} exists already.`),
  environment_not_found: ({ environment }) =>
    said(404, 10092, `The environment ${JSON.stringify(environment)} does not exist; a Worker has the one environment "production".`),
  secret_not_found: ({ name }) => said(404, 10056, `The secret ${JSON.stringify(name)} was not found.`),
  secret_name_invalid: ({ name }) =>
    said(400, 10054, `The secret name ${JSON.stringify(name)} is invalid: it must be 1 to 255 characters without spaces.`),
  secret_name_taken: ({ name, type }) =>
    said(400, 10053, `Binding name '${name}' already in use: it is a ${type} binding. Rename one of them.`),
  route_not_found: ({ routeId }) => said(404, 10009, `The route ${JSON.stringify(routeId)} was not found in this zone.`),
  route_pattern_invalid: ({ pattern, reason }) => said(400, 10022, `The route pattern ${JSON.stringify(pattern)} is invalid: ${reason}.`),
  route_taken: ({ pattern, script }) =>
    said(
      409,
      10020,
      `A route with the pattern ${JSON.stringify(pattern)} exists already${script === null ? '' : `, for the Worker ${JSON.stringify(script)}`}. Delete that route first, or choose another pattern.`,
    ),
  zone_not_found: ({ zone }) =>
    said(
      404,
      10001,
      `The zone ${JSON.stringify(zone)} was not found. \`switchback zone list\` shows the zones, \`switchback zone add\` adds one.`,
    ),
  zone_name_invalid: ({ zone }) => said(400, 1105, `${JSON.stringify(zone)} is no domain name. Give one such as example.com.`),
  zone_exists: ({ zone }) => said(409, 1061, `The zone ${JSON.stringify(zone)} exists already.`),
  hostname_not_in_zone: ({ hostname }) =>
    said(
      400,
      10082,
      `The host ${JSON.stringify(hostname)} is in none of the zones it may belong to. Add its zone with \`switchback zone add\`.`,
    ),
  hostname_taken: ({ hostname, script }) =>
    said(
      409,
      100116,
      `The host ${JSON.stringify(hostname)} belongs to the Worker ${JSON.stringify(script)}. Detach it there first, or say that it may be taken over.`,
    ),
  domain_not_found: ({ domainId }) => said(404, 100114, `The custom domain ${JSON.stringify(domainId)} was not found.`),
  cron_invalid: ({ cron, reason }) => said(400, 10100, `The cron schedule ${JSON.stringify(cron)} is invalid: ${reason}.`),
  subdomain_name_invalid: ({ name }) =>
    said(400, 10030, `The subdomain ${JSON.stringify(name)} is invalid: it must be 1 to 63 characters of a-z, 0-9 and "-".`),
  subdomain_free: ({ name }) => said(404, 10032, `The subdomain ${JSON.stringify(name)} is available.`),
  too_many_tails: ({ name, limit }) =>
    said(409, 100430, `The Worker ${JSON.stringify(name)} is tailed by ${limit} clients, and no more may at once. End one of them first.`),
  tail_not_found: ({ tailId }) => said(404, 100431, `The tail ${JSON.stringify(tailId)} was not found: it has ended, or expired.`),
  invocation_not_found: ({ name, id }) =>
    said(
      404,
      100440,
      `Of the Worker ${JSON.stringify(name)} no invocation ${JSON.stringify(id)} is kept: it was not sampled, is older than what there is room for, or was seconds ago.`,
    ),
  module_not_found: ({ name, versionId }) => said(404, 100441, `The version ${versionId} has no module ${JSON.stringify(name)}.`),
  module_unreadable: ({ name, reason }) =>
    said(
      400,
      100442,
      `The module ${JSON.stringify(name)} ${UNREADABLE[reason]}. Its bytes are in the answer of \`GET …/workers/scripts/<name>/content/v2?version=<id>\`.`,
    ),
  token_not_found: ({ tokenId }) =>
    said(404, 100330, `The token ${JSON.stringify(tokenId)} was not found. \`switchback token list\` shows them.`),
  token_exists: ({ name }) =>
    said(
      409,
      100332,
      `A token named ${JSON.stringify(name)} exists already. Take another name, or revoke that one first (\`switchback token revoke\`).`,
    ),
  token_is_operator: () =>
    said(400, 100331, "The operator's token cannot be revoked here; delete the credentials file and start again to get a new one."),
};

const UNREADABLE = {
  binary: 'is no text',
  source_map: 'is a source map, which only explains errors',
  long: 'is longer than 2 MiB, which nobody reads',
} as const;

/** Several reasons speak with the status and code of the first. */
const spokenTogether = (reasons: readonly Refusal[]): Spoken => {
  const [first, ...more] = reasons.map(spoken);
  if (first === undefined) throw new BrokenInvariant('what is refused is refused for a reason');
  return said(first.status, first.code, [first, ...more].map(({ message }) => message).join('\n'));
};

export const spoken = (refusal: Refusal): Spoken =>
  // Each entry takes exactly the refusal of its own code, which is how it was looked up.
  (words[refusal.code] as (refusal: Refusal) => Spoken)(refusal);
