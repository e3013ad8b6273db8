import { z } from 'zod';

/** A whole number, written as a number (file) or as its digits (flag, environment). */
const wholeNumber = (least: number, most: number) => {
  const range = z.int(`must be a whole number`).min(least, `must be ${least} or more`).max(most, `must be ${most} or less`);
  return z.union([z.number(), z.string().trim().regex(/^\d+$/).transform(Number)], `must be a whole number`).pipe(range);
};

const port = wholeNumber(0, 65_535);
const text = z.string('must be a text').trim().min(1, 'must not be empty');
const path = text;

const HOST_NAME = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/;
const hostName = text.toLowerCase().regex(HOST_NAME, 'must be a host name such as example.com, without scheme, port or slash');

const address = z.union([z.ipv4(), z.ipv6(), z.literal('localhost')], 'must be an IP address or localhost');
const range = z.union([z.cidrv4(), z.cidrv6(), z.ipv4(), z.ipv6()], 'must be an address or a range such as 10.0.0.0/8');
const url = z
  .url({ protocol: /^https?$/, error: 'must be an http:// or https:// address' })
  .transform((value) => value.replace(/\/+$/, ''));

/** Several values: a repeated flag, a list in the file, commas in an environment variable. */
const listOf = <Item extends z.ZodType>(item: Item) =>
  z.preprocess(
    (value) => (typeof value === 'string' ? value.split(',').filter((part) => part.trim() !== '') : value),
    z.array(item, 'must be a list'),
  );

interface Setting {
  /** What stands behind the flag in the help; a list repeats its flag. */
  readonly value: string;
  readonly help: string;
  readonly schema: z.ZodType;
  readonly fallback: unknown;
  /** Paths are taken from where they were written: the working folder, or the folder of the configuration file. */
  readonly isPath?: true;
  readonly isList?: true;
  /** Its flag has no value: it is there or not. */
  readonly isSwitch?: true;
}

/**
 * Every setting of `switchback start`, once. The name gives the flag (`controlPort`: `--control-port`), the environment
 * variable (`SWITCHBACK_CONTROL_PORT`) and the key of the configuration file (`control_port`).
 */
export const SETTINGS = {
  data: { value: 'dir', help: 'folder of everything that must survive', schema: path, fallback: '.switchback', isPath: true },
  host: { value: 'address', help: 'address to listen on', schema: address, fallback: '127.0.0.1' },
  controlPort: { value: 'port', help: 'port of the API; 0 takes any free one', schema: port, fallback: 7450 },
  edgePort: { value: 'port', help: 'port of the Workers', schema: port, fallback: 7480 },
  edgeAdminPort: { value: 'port', help: "port of the edge's own /healthz, /readyz and /metrics", schema: port, fallback: 7481 },
  baseDomain: { value: 'domain', help: 'Workers answer at <worker>.<subdomain>.<domain>', schema: hostName, fallback: 'localhost' },
  tlsDir: {
    value: 'dir',
    help: 'certificates (<name>.crt, <name>.key) for HTTPS',
    schema: path.optional(),
    fallback: undefined,
    isPath: true,
  },
  trustedProxy: { value: 'cidr', help: 'proxy whose forwarding headers are believed', schema: listOf(range), fallback: [], isList: true },
  connectionsPerAddress: {
    value: 'n',
    help: 'most connections of one visiting address; loopback and trusted proxies apart',
    schema: wholeNumber(1, 1_000_000),
    fallback: 1000,
  },
  requestsPerVersion: {
    value: 'n',
    help: "most requests in flight at one version's process; visitors beyond get 503",
    schema: wholeNumber(1, 1_000_000),
    fallback: 2000,
  },
  websocketsPerVersion: {
    value: 'n',
    help: 'the same of WebSockets, which are counted apart',
    schema: wholeNumber(1, 1_000_000),
    fallback: 4000,
  },
  callsPerWorker: {
    value: 'n',
    help: 'most calls of other Workers that one has open; left out: as many as the two above together',
    schema: wholeNumber(1, 1_000_000).optional(),
    fallback: undefined,
  },
  role: {
    value: 'role',
    help: 'all, control or edge: what this machine runs',
    schema: z.enum(['all', 'control', 'edge'], 'must be all, control or edge'),
    fallback: 'all',
  },
  control: { value: 'url', help: 'where the control plane listens (role edge)', schema: url.optional(), fallback: undefined },
  edgeToken: {
    value: 'token',
    help: 'what an edge shows the control plane; better in the environment, where no process list shows it',
    schema: text.min(16, 'must have at least 16 characters').optional(),
    fallback: undefined,
  },
  idleMinutes: { value: 'n', help: 'stop a version that served nothing for so long', schema: wholeNumber(1, 100_000), fallback: 60 },
  warmMinutes: {
    value: 'n',
    help: 'how long a version that left its deployment stays ready for a rollback',
    schema: wholeNumber(0, 100_000),
    fallback: 60,
  },
  heapLimitMb: { value: 'n', help: "most JavaScript heap of one version's process", schema: wholeNumber(16, 65_536), fallback: 128 },
  memoryLimitMb: { value: 'n', help: "most resident memory of one version's process", schema: wholeNumber(64, 262_144), fallback: 512 },
  cacheMb: {
    value: 'n',
    help: 'most memory of an edge for what Workers keep by the Cache API; 0 keeps nothing',
    schema: wholeNumber(0, 65_536),
    fallback: 64,
  },
  observeMb: {
    value: 'n',
    help: 'most room on disk for what was observed of Workers: the oldest goes first',
    schema: wholeNumber(4, 1_000_000),
    fallback: 2048,
  },
  logpushSpoolMb: {
    value: 'n',
    help: 'most room on disk for what Logpush has still to send; what is more is dropped and counted',
    schema: wholeNumber(1, 1_000_000),
    fallback: 512,
  },
  logpushDir: {
    value: 'dir',
    help: 'folder below which Logpush may write to file:// destinations',
    schema: path.optional(),
    fallback: undefined,
    isPath: true,
  },
  allowPrivateDestinations: {
    value: 'boolean',
    help: 'let Logpush send to private addresses and by http://',
    schema: z.union([z.boolean(), z.stringbool()], 'must be true or false'),
    fallback: false,
    isSwitch: true,
  },
  silentCpuMs: {
    value: 'n',
    help: 'processor time without an answer after which a version without limits.cpu_ms counts as hung',
    schema: wholeNumber(50, 3_600_000),
    fallback: 30_000,
  },
  startupCpuMs: { value: 'n', help: 'most processor time of top-level code', schema: wholeNumber(10, 60_000), fallback: 1000 },
  deployableVersions: {
    value: 'n',
    help: 'how many of the newest versions can be deployed',
    schema: wholeNumber(1, 100_000),
    fallback: 100,
  },
  drainSeconds: {
    value: 'n',
    help: 'once the server stops: how long requests in flight, then work after answers (waitUntil), may go on',
    schema: wholeNumber(0, 3600),
    fallback: 10,
  },
  maxUploadMb: { value: 'n', help: 'most an upload may weigh', schema: wholeNumber(1, 1024), fallback: 64 },
  allowedHost: {
    value: 'name',
    help: 'another Host name the API answers to',
    schema: listOf(hostName),
    fallback: [],
    isList: true,
  },
} as const satisfies Record<string, Setting>;

export type SettingName = keyof typeof SETTINGS;

/** What `start` runs by. Paths are absolute; `control` and `edgeToken` are given to every edge. */
export type Settings = { readonly [Name in SettingName]: z.output<(typeof SETTINGS)[Name]['schema']> };

export const SETTING_NAMES = Object.keys(SETTINGS) as readonly SettingName[];

const words = (name: string): string[] => name.split(/(?=[A-Z])/).map((word) => word.toLowerCase());

export const flagOf = (name: SettingName): string => `--${words(name).join('-')}`;
export const variableOf = (name: SettingName): string => `SWITCHBACK_${words(name).join('_').toUpperCase()}`;
export const fileKeyOf = (name: SettingName): string => words(name).join('_');

/** The table row by row, where the differences of the rows' types do not matter. */
export const settingOf = (name: SettingName): Setting => SETTINGS[name];
