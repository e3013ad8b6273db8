import { percentageOf } from '../../domain/index.ts';
import type { Result } from '../api/index.ts';
import { percentage } from './numbers.ts';

/** A row of the audit log. */
export type Activity = Result<'listAudit'>[number];

type Detail = Activity['detail'];

/** How an action is said of whoever did it: `uploaded a version`. What it was done to follows, where that is not in it. */
interface Said {
  readonly did: string | ((detail: Detail) => string);
  /** The sentence needs no object behind it. */
  readonly isWhole?: true;
  /** What follows behind the object: ` and deployed v5 50%, v4 50%`. */
  readonly behind?: (detail: Detail) => string;
}

const text = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '');
const list = (value: unknown): string => (Array.isArray(value) ? value.map(text).filter(Boolean).join(', ') : '');

const versionOf = ({ number }: Detail): string => (number === undefined ? 'a version' : `v${text(number)}`);

const ACTIONS: Readonly<Record<string, Said>> = {
  'deployment.create': { did: (detail) => `deployed ${splitIn(detail)}of` },
  'deployment.delete': { did: 'took a deployment out of the history of' },
  'script.upload': { did: (detail) => `uploaded and deployed ${versionOf(detail)} of` },
  'version.upload': { did: (detail) => `uploaded ${versionOf(detail)}, without traffic, of` },
  'version.delete': { did: 'deleted a version of' },
  'version.trip': { did: 'gave up on a version of' },
  'secret.change': { did: (detail) => `${secretsIn(detail)} of`, behind: (detail) => madeIn(detail) },
  'settings.patch': { did: 'changed settings of', behind: (detail) => madeIn(detail) },
  'script_settings.patch': { did: 'changed settings of' },
  'usage_model.put': { did: 'changed the usage model of', behind: (detail) => madeIn(detail) },
  'content.put': { did: 'changed the code of', behind: (detail) => madeIn(detail) },
  'subdomain.post': { did: (detail) => `${addressesIn(detail)} of` },
  'subdomain.delete': { did: 'turned off the address and version addresses of' },
  'worker.create': { did: 'created' },
  'worker.change': { did: 'changed settings of' },
  'worker.delete': { did: 'deleted' },
  'schedules.replace': { did: (detail) => `set the cron triggers (${list(detail['crons']) || 'none'}) of` },
  'routes.replace': { did: (detail) => `set the routes (${list(detail['patterns']) || 'none'}) of` },
  'route.put': { did: 'set the route' },
  'route.delete': { did: 'removed the route' },
  'domains.put': { did: (detail) => `set the custom domains (${list(detail['hostnames']) || 'none'}) of` },
  'domain.delete': { did: 'removed the custom domain' },
  'zone.add': { did: 'added the zone' },
  'zone.delete': { did: 'deleted the zone' },
  'subdomain.set': { did: 'set the account’s subdomain' },
  'token.create': { did: ({ name }) => `made the token ${text(name)}`, isWhole: true },
  'token.revoke': { did: ({ name }) => `revoked the token ${text(name)}`, isWhole: true },
  'session.create': { did: 'signed in', isWhole: true },
  'session.delete': { did: 'signed out', isWhole: true },
  'session.invite': { did: 'made a link that signs in once', isWhole: true },
  'queue.consumer.add': { did: 'added a consumer to' },
  'queue.consumer.change': { did: 'changed a consumer of' },
  'queue.consumer.remove': { did: 'removed a consumer from' },
};

/** `v42 10%, v41 90% ` */
const splitIn = ({ split }: Detail): string => {
  const shares = Array.isArray(split) ? (split as readonly { readonly number?: number; readonly share: number }[]) : [];
  const named = shares.toSorted((a, b) => (b.number ?? 0) - (a.number ?? 0));
  return named.every(({ number }) => number !== undefined)
    ? named.map((entry) => `v${entry.number} ${percentage(percentageOf(entry.share))}`).join(', ') + ' '
    : '';
};

/** ` and deployed v5 50%, v4 50%`, ` and saved v6`; a version of the waiting code is saved beside those that are deployed. */
const madeIn = (detail: Detail): string => {
  const split = splitIn(detail).trim();
  const deployed = Array.isArray(detail['split'])
    ? (detail['split'] as readonly { readonly number?: number }[]).map(({ number }) => number)
    : [];
  const numbers = Array.isArray(detail['numbers']) ? (detail['numbers'] as readonly number[]) : [];
  const saved = numbers.filter((number) => !deployed.includes(number)).map((number) => `v${number}`);
  return [split === '' ? '' : ` and deployed ${split}`, saved.length === 0 ? '' : ` and saved ${saved.join(', ')}`].join('');
};

/** `turned on the address and turned off the version addresses` */
const addressesIn = ({ workersDev, previews }: Detail): string =>
  [
    ['address', workersDev],
    ['version addresses', previews],
  ]
    .filter(([, isOn]) => typeof isOn === 'boolean')
    .map(([what, isOn]) => `turned ${isOn === true ? 'on' : 'off'} the ${String(what)}`)
    .join(' and ') || 'set the addresses';

const secretsPart = (did: string, names: string): string => (names === '' ? '' : `${did} secret${names.includes(',') ? 's' : ''} ${names}`);

/** `changed secrets A, B and removed secret C` */
const secretsIn = ({ set, deleted }: Detail): string =>
  [secretsPart('changed', list(set)), secretsPart('removed', list(deleted))].filter(Boolean).join(' and ') || 'changed secrets';

const KINDS: Readonly<Record<string, string>> = {
  kv: 'KV namespace',
  kv_namespace: 'KV namespace',
  d1: 'D1 database',
  r2_bucket: 'R2 bucket',
  queue: 'queue',
  logpush_job: 'Logpush job',
  mtls_certificate: 'mTLS certificate',
};

const VERBS: Readonly<Record<string, string>> = {
  create: 'created',
  add: 'added',
  change: 'changed',
  delete: 'deleted',
  upload: 'uploaded',
  put: 'set',
};

/** What of a target is said: `worker/checkout` is `checkout`; of what has a name in the row, that. */
const objectOf = ({ target, detail }: Activity): string => {
  const [kind = '', ...rest] = target.split('/');
  const name = kind === 'worker' ? '' : text(detail['name']);
  return name === '' ? rest.join('/') : name;
};

/** `uploaded v42, without traffic, of checkout`. Of an action without words of its own: its name, and what it was done to. */
export const activityInWords = (activity: Activity): string => {
  const said = ACTIONS[activity.action];
  if (said !== undefined) {
    const did = typeof said.did === 'string' ? said.did : said.did(activity.detail);
    return said.isWhole === true ? did : `${did} ${objectOf(activity)}${said.behind?.(activity.detail) ?? ''}`;
  }
  const [kind = '', verb = ''] = activity.action.split('.');
  const done = VERBS[verb];
  return done === undefined ? `${activity.action} ${activity.target}` : `${done} ${KINDS[kind] ?? kind} ${objectOf(activity)}`;
};

const TOOLS: Readonly<Record<string, string>> = {
  dash: 'dashboard',
  cli: 'command line',
  api: 'API',
  wrangler: 'wrangler',
  terraform: 'Terraform',
};

/** Whether an action is said in words: of one without any its name would be shown. */
export const hasWords = ({ action }: Pick<Activity, 'action'>): boolean => {
  const [kind = '', verb = ''] = action.split('.');
  return action in ACTIONS || (kind in KINDS && verb in VERBS);
};

/** By which tool: `dashboard`, `wrangler`. The server itself has none. */
export const toolName = (source: unknown): string => TOOLS[text(source)] ?? (text(source) || 'the server');
