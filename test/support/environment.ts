import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

/** Where a client finds the API and who it is there. */
export type Connection = {
  /** With `/client/v4`, without a slash at the end: clients put their path straight behind it. */
  readonly baseUrl: string;
  readonly token: string;
  readonly accountId: string;
};

export type Environment = Readonly<Record<string, string>>;

export type EnvironmentOptions = {
  /** A folder of the test's own. Home, configuration, cache and temporary files all lie in it. */
  readonly home: string;
  readonly connection: Connection;
  /** As on a build machine: prompts take their fallback even in a terminal. */
  readonly isCi?: boolean;
  readonly more?: Environment;
};

/** Where processes keep compiled code, as the whole run of the tests has it. */
export const compileCache = (): Environment => {
  const { NODE_COMPILE_CACHE } = process.env;
  return NODE_COMPILE_CACHE === undefined ? {} : { NODE_COMPILE_CACHE };
};

/** Nothing listens on the discard port, so whatever asks it gets its refusal at once. */
const NOBODY = 'http://127.0.0.1:9/';

/**
 * The whole environment of a client. It is built from nothing instead of from ours: a variable of the person who runs the
 * tests (a Cloudflare token, CI, a proxy, the mark of an editor) changes what wrangler does.
 */
export function clientEnvironment({ home, connection, isCi = false, more = {} }: EnvironmentOptions): Environment {
  return {
    ...basicEnvironment(home),
    CLOUDFLARE_API_BASE_URL: connection.baseUrl,
    CLOUDFLARE_API_TOKEN: connection.token,
    CLOUDFLARE_ACCOUNT_ID: connection.accountId,
    WRANGLER_SEND_METRICS: 'false',
    WRANGLER_HIDE_BANNER: 'true',
    WRANGLER_NO_SKILLS_UPDATE_PROMPTS: 'true',
    // Before 4, wrangler looks for a newer release at each start, and finds the registry by the variables of `rc`, not of npm.
    npm_registry: NOBODY,
    ...(isCi ? { CI: 'true' } : {}),
    ...more,
  };
}

/** For create-cloudflare, which installs packages: npm keeps the user's registry and proxy, all else is the test's own. */
export function installingEnvironment(options: EnvironmentOptions): Environment {
  const { npm_registry: _, ...quiet } = clientEnvironment(options);
  const ofNpm = Object.entries(process.env).filter(([name]) =>
    /^(npm_config_(registry|cache|cafile|userconfig|globalconfig)|https?_proxy|no_proxy|node_extra_ca_certs)$/i.test(name),
  );
  return {
    npm_config_userconfig: join(homedir(), '.npmrc'),
    ...(Object.fromEntries(ofNpm) as Environment), // What is set in process.env is a string.
    ...quiet,
    CREATE_CLOUDFLARE_TELEMETRY_DISABLED: '1',
  };
}

function basicEnvironment(home: string): Environment {
  const temporary = join(home, 'tmp');
  mkdirSync(temporary, { recursive: true });
  return {
    ...compileCache(),
    PATH: [dirname(process.execPath), process.env.PATH ?? ''].join(delimiter),
    HOME: home,
    USERPROFILE: home,
    XDG_CONFIG_HOME: join(home, '.config'),
    XDG_CACHE_HOME: join(home, '.cache'),
    XDG_DATA_HOME: join(home, '.local', 'share'),
    XDG_STATE_HOME: join(home, '.local', 'state'),
    TMPDIR: temporary,
    LANG: 'C.UTF-8',
    TZ: 'UTC',
    NO_COLOR: '1',
  };
}
