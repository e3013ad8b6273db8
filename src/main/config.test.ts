import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { readSettings, type ConfigSources } from './config.ts';
import { nearest } from './nearest.ts';
import { fileKeyOf, flagOf, SETTING_NAMES, variableOf, type Settings } from './settings.ts';

const sources = (given: Partial<ConfigSources> = {}): ConfigSources => ({
  flags: {},
  environment: {},
  configFile: undefined,
  workingFolder: '/srv/app',
  ...given,
});

const settingsOf = (given: Partial<ConfigSources> = {}): Settings => {
  const result = readSettings(sources(given));
  assert.ok(result.ok, JSON.stringify(result));
  return result.value;
};

const faultsOf = (given: Partial<ConfigSources>): string[] => {
  const result = readSettings(sources(given));
  return result.ok ? [] : result.refusal.map(({ name, problem }) => `${name} ${problem}`);
};

const withFile = (content: string, use: (path: string, folder: string) => void): void => {
  const folder = mkdtempSync(join(tmpdir(), 'switchback-config-'));
  const path = join(folder, 'switchback.json');
  writeFileSync(path, content);
  try {
    use(path, folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
};

test('without a word the documented defaults hold', () => {
  assert.deepEqual(settingsOf(), {
    data: '/srv/app/.switchback',
    host: '127.0.0.1',
    controlPort: 7450,
    edgePort: 7480,
    edgeAdminPort: 7481,
    baseDomain: 'localhost',
    tlsDir: undefined,
    trustedProxy: [],
    connectionsPerAddress: 1000,
    requestsPerVersion: 2000,
    websocketsPerVersion: 4000,
    callsPerWorker: undefined,
    role: 'all',
    control: undefined,
    edgeToken: undefined,
    idleMinutes: 60,
    warmMinutes: 60,
    heapLimitMb: 128,
    memoryLimitMb: 512,
    observeMb: 2048,
    logpushSpoolMb: 512,
    logpushDir: undefined,
    allowPrivateDestinations: false,
    cacheMb: 64,
    silentCpuMs: 30_000,
    startupCpuMs: 1000,
    deployableVersions: 100,
    drainSeconds: 10,
    maxUploadMb: 64,
    allowedHost: [],
  });
});

test('a flag wins over the environment, the environment over the file, the file over the default', () => {
  withFile('{ "edge_port": 3, "control_port": 3, "edge_admin_port": 33 }', (configFile) => {
    const settings = settingsOf({
      flags: { edgePort: '1' },
      environment: { SWITCHBACK_EDGE_PORT: '2', SWITCHBACK_CONTROL_PORT: '2', SWITCHBACK_EDGE_ADMIN_PORT: '' },
      configFile,
    });
    assert.deepEqual([settings.edgePort, settings.controlPort, settings.edgeAdminPort, settings.maxUploadMb], [1, 2, 33, 64]);
  });
});

test('a list is a repeated flag, commas in the environment, an array in the file', () => {
  const expected = ['10.0.0.0/8', '192.0.2.1'];
  assert.deepEqual(settingsOf({ flags: { trustedProxy: expected } }).trustedProxy, expected);
  assert.deepEqual(settingsOf({ environment: { SWITCHBACK_TRUSTED_PROXY: '10.0.0.0/8,192.0.2.1' } }).trustedProxy, expected);
  withFile(JSON.stringify({ trusted_proxy: expected }), (configFile) =>
    assert.deepEqual(settingsOf({ configFile }).trustedProxy, expected),
  );
});

test('a switch is its flag alone, and true or false in the environment and the file', () => {
  assert.equal(settingsOf({ flags: { allowPrivateDestinations: true } }).allowPrivateDestinations, true);
  assert.equal(settingsOf({ environment: { SWITCHBACK_ALLOW_PRIVATE_DESTINATIONS: 'true' } }).allowPrivateDestinations, true);
  assert.equal(settingsOf({ environment: { SWITCHBACK_ALLOW_PRIVATE_DESTINATIONS: 'false' } }).allowPrivateDestinations, false);
  withFile('{ "allow_private_destinations": true }', (configFile) =>
    assert.equal(settingsOf({ configFile }).allowPrivateDestinations, true),
  );
});

test('a path in the file hangs on the folder of the file, any other on the working folder', () => {
  withFile('{ "data": "state" }', (configFile, folder) => {
    assert.equal(settingsOf({ configFile }).data, join(folder, 'state'));
    assert.equal(settingsOf({ configFile, flags: { data: 'state' } }).data, '/srv/app/state');
  });
});

test('every setting has one flag, one variable and one key, named alike', () => {
  assert.deepEqual(
    [flagOf('heapLimitMb'), variableOf('heapLimitMb'), fileKeyOf('heapLimitMb')],
    ['--heap-limit-mb', 'SWITCHBACK_HEAP_LIMIT_MB', 'heap_limit_mb'],
  );
  assert.equal(new Set(SETTING_NAMES.map(flagOf)).size, SETTING_NAMES.length);
});

const FAULTS: readonly (readonly [Partial<ConfigSources>, readonly string[]])[] = [
  [{ flags: { edgePort: '70000' } }, ['--edge-port must be 65535 or less, not "70000"']],
  [
    { environment: { SWITCHBACK_ALLOW_PRIVATE_DESTINATIONS: 'perhaps' } },
    ['SWITCHBACK_ALLOW_PRIVATE_DESTINATIONS must be true or false, not "perhaps"'],
  ],
  [{ flags: { logpushDir: '/nowhere/at/all' } }, ['--logpush-dir must be a folder, and /nowhere/at/all is none']],
  [{ flags: { edgePort: '-1' } }, ['--edge-port must be a whole number, not "-1"']],
  [{ environment: { SWITCHBACK_IDLE_MINUTES: 'soon' } }, ['SWITCHBACK_IDLE_MINUTES must be a whole number, not "soon"']],
  [{ flags: { host: 'my machine' } }, ['--host must be an IP address or localhost, not "my machine"']],
  [{ flags: { role: 'both' } }, ['--role must be all, control or edge, not "both"']],
  [
    { flags: { baseDomain: 'https://example.com' } },
    ['--base-domain must be a host name such as example.com, without scheme, port or slash, not "https://example.com"'],
  ],
  [{ flags: { trustedProxy: ['proxy'] } }, ['--trusted-proxy must be an address or a range such as 10.0.0.0/8, not ["proxy"]']],
  [{ flags: { edgePort: '7450' } }, ['--edge-port must differ from --control-port: both are 7450']],
  [{ flags: { tlsDir: '/nowhere' } }, ['--tls-dir must be a folder with certificates, and /nowhere is none']],
  [{ flags: { control: 'http://10.0.0.1:7450' } }, ['--control belongs to --role edge; with --role all leave it out']],
  [
    { flags: { role: 'edge', control: 'ftp://x', edgeToken: 'x'.repeat(16) } },
    ['--control must be an http:// or https:// address, not "ftp://x"'],
  ],
  [
    { flags: { role: 'edge' } },
    [
      '--control is needed with --role edge: the address of the control plane, such as http://10.0.0.1:7450 (or SWITCHBACK_CONTROL)',
      '--edge-token is needed with --role edge: the token the control plane was started with (or SWITCHBACK_EDGE_TOKEN)',
    ],
  ],
  [
    { flags: { role: 'control' } },
    ['--edge-token is needed with --role control, so that edges can prove who they are: any secret of 16 characters'],
  ],
];

for (const [given, expected] of FAULTS) {
  test(`a wrong setting is refused by name: ${expected.join('; ')}`, () => assert.deepEqual(faultsOf(given), expected));
}

test('all faults are reported at once', () => {
  const found = faultsOf({ flags: { edgePort: 'x' }, environment: { SWITCHBACK_HOST: 'x', SWITCHBACK_MAX_UPLOAD_MB: '0' } });
  assert.deepEqual(found, [
    'SWITCHBACK_HOST must be an IP address or localhost, not "x"',
    '--edge-port must be a whole number, not "x"',
    'SWITCHBACK_MAX_UPLOAD_MB must be 1 or more, not "0"',
  ]);
});

test('a mistyped key of the file is refused with the one that was meant', () => {
  withFile('{ "edge_prot": 1 }', (configFile) => {
    assert.deepEqual(faultsOf({ configFile }), [`edge_prot in ${configFile} is not a setting; did you mean edge_port?`]);
  });
});

test('a file that is not there, not JSON or not an object is refused', () => {
  assert.match(faultsOf({ configFile: '/nowhere.json' })[0] ?? '', /^--config \/nowhere\.json cannot be read: ENOENT/);
  withFile('{', (configFile) => assert.match(faultsOf({ configFile })[0] ?? '', /is not JSON/));
  withFile('[]', (configFile) => assert.match(faultsOf({ configFile })[0] ?? '', /must hold one JSON object/));
});

test('the nearest known word is suggested, and none where none is near', () => {
  assert.equal(nearest('base_domian', ['base_domain', 'data']), 'base_domain');
  assert.equal(nearest('colour', ['base_domain', 'data']), undefined);
});
