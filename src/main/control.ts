import { join } from 'node:path';
import { ChangeEvents, createApp, settleQueues, sweepErasures, tailUpgrades, type Api } from '../api/index.ts';
import { randomIds, systemClock } from '../base/index.ts';
import { AwaitedAnswers, collectModules, EdgeFeed, Lanes, LogpushLink, Publisher, SignInTries, type Control } from '../control/index.ts';
import { D1Work, DataClient } from '../data/index.ts';
import { armFailpoint, DataDirectoryInUse, ModuleStore, openVault, removeUnfinished, worldFault } from '../files/index.ts';
import { ObserveClient } from '../observe/index.ts';
import { privateFolder, trySplit, tryVersion, Turns } from '../runtime/index.ts';
import { openSqlite, Store } from '../store/index.ts';
import { BadConfiguration } from './bad-configuration.ts';
import { runChild, type Service } from './child.ts';
import { openCredentials } from './credentials.ts';
import { destinationRules } from './destination-rules.ts';
import { listenHttp } from './listen.ts';
import { openLog } from './log.ts';
import { ownNetworks } from './own-networks.ts';
import { privateTrialFolder } from './trial-folder.ts';
import { untilDone } from './until-done.ts';
import type { Settings } from './settings.ts';
import { assertWritable, StoreUnusable } from './unusable.ts';

/** Modules nobody refers to, and what deleted resources held, are looked for this often. */
const COLLECT_EVERY_MS = 60 * 60_000;

/** Trials take a processor each; more of them at once would only make all of them late. */
const TRIALS_AT_ONCE = 4;

/** Starts the control plane on a data directory: its store, its API, and the feed that edges listen to. */
const startControl = async (settings: Settings): Promise<Service> => {
  const log = openLog('control');
  armFailpoint(process.env['SWITCHBACK_FAILPOINT']);
  await assertWritable(settings.data);
  const database = await openSqlite(settings.data).catch((error: unknown) => {
    if (error instanceof DataDirectoryInUse) throw new BadConfiguration(error.message, { cause: error });
    throw error instanceof Error ? new StoreUnusable(error.message, { cause: error }) : error;
  });
  await removeUnfinished(settings.data);
  const store = new Store(database);
  const vault = await openVault(join(settings.data, 'secrets.key'), process.env['SWITCHBACK_SECRET_KEY']).catch((error: unknown) => {
    if (worldFault(error) !== undefined) throw error;
    throw new BadConfiguration(error instanceof Error ? error.message : String(error), { cause: error });
  });
  const modules = new ModuleStore(join(settings.data, 'modules'));
  const feed = new EdgeFeed();
  const trials = await privateTrialFolder(settings.data);
  const trialTurns = new Turns(TRIALS_AT_ONCE);
  const trialOptions = {
    runtimeDir: trials.path,
    modules,
    heapLimitMb: settings.heapLimitMb,
    memoryLimitMb: settings.memoryLimitMb,
    startupCpuMs: settings.startupCpuMs,
    deniedNetworks: ownNetworks(),
  };
  const control: Control = {
    store,
    modules,
    vault,
    feed,
    lanes: new Lanes(),
    awaited: new AwaitedAnswers(),
    upcoming: new Map(),
    clock: systemClock,
    ids: randomIds,
    tryVersion: (spec) => trialTurns.take(() => tryVersion(spec, trialOptions)),
    trySplit: (specs) => trialTurns.take(() => trySplit(specs, trialOptions)),
    settings: { deployableVersions: settings.deployableVersions, baseDomain: settings.baseDomain },
  };
  const logged = (event: string, detail: Readonly<Record<string, unknown>>): void => log.error(detail, event);
  const { account, write: writeCredentials } = await openCredentials(control, join(settings.data, 'credentials'), logged);
  const data = new DataClient(await privateFolder('data', settings.data));
  const observe = new ObserveClient(await privateFolder('observe', settings.data));
  const d1 = await D1Work.open(data, settings.data);
  const publisher = new Publisher({ store, feed, baseDomain: settings.baseDomain, log: logged });
  const logpush = new LogpushLink({ store, vault, observe, log: logged });
  logpush.start();
  const signIns = new SignInTries();
  const events = new ChangeEvents(control, logged);
  const appAt = (controlUrl: string) =>
    createApp({
      ...control,
      account,
      publisher,
      data,
      observe,
      d1,
      logpush,
      signIns,
      events,
      ...apiFor(settings, feed, controlUrl),
      log: logged,
    });
  const http = await listenHttp(settings.host, settings.controlPort, appAt, tailUpgrades(observe, allowedHosts(settings)));
  await writeCredentials(http.url);
  const settling = new AbortController();
  const content = { ...control, data, log: logged };
  const settle = async (): Promise<void> => {
    await settleQueues(content);
    await sweepErasures(content);
  };
  // Where no data process is beside it there is nothing to be settled.
  if (settings.role === 'all') void untilDone(settle, settling.signal);
  const collecting = setInterval(() => {
    collectModules(control).catch((error: unknown) => log.error({ error: String(error) }, 'modules could not be collected'));
    // What fails is told there.
    if (settings.role === 'all') sweepErasures(content).catch(() => undefined);
  }, COLLECT_EVERY_MS);
  return {
    ready: { type: 'ready', role: 'control', controlUrl: http.url, subdomain: (await store.read.meta.get('subdomain')) ?? '' },
    stop: async () => {
      clearInterval(collecting);
      settling.abort();
      logpush[Symbol.dispose]();
      events[Symbol.dispose]();
      await http.close();
      await d1[Symbol.asyncDispose]();
      await data[Symbol.asyncDispose]();
      await observe[Symbol.asyncDispose]();
      await trials.remove();
      await publisher.close();
      await store.close();
    },
  };
};

const allowedHosts = ({ allowedHost, host }: Settings): readonly string[] => [...allowedHost, host];

const apiFor = (settings: Settings, feed: EdgeFeed, controlUrl: string): Pick<Api, 'apiSettings' | 'edgeAuthority' | 'edgeToken'> => ({
  apiSettings: {
    maxUploadBytes: settings.maxUploadMb * 1024 * 1024,
    allowedHosts: allowedHosts(settings),
    controlUrl,
    destinations: destinationRules(settings),
    dashboardFolder: join(import.meta.dirname, '..', '..', 'dist', 'dashboard'),
    objectsFolder: settings.role === 'all' ? join(settings.data, 'objects') : undefined,
  },
  edgeAuthority: () => {
    const url = feed.status().find(({ connected }) => connected)?.url;
    const port = url === undefined ? String(settings.edgePort) : new URL(url).port;
    return port === '' ? settings.baseDomain : `${settings.baseDomain}:${port}`;
  },
  edgeToken: settings.edgeToken ?? '',
});

await runChild('control', startControl);
