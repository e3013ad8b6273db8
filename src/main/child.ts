import { flushCompileCache } from 'node:module';
import { DataDirectoryInUse } from '../files/index.ts';
import { BadConfiguration, EXIT_BAD_CONFIGURATION } from './bad-configuration.ts';
import { descendantsOf, killIfAlive } from './descendants.ts';
import { holdRole } from './one-at-a-time.ts';
import type { Settings } from './settings.ts';
import { EXIT_UNUSABLE, whyUnusable, type UnusableMessage } from './unusable.ts';

/** What a child tells the launcher once it answers requests. Ports in it are the real ones, also where 0 was asked for. */
export type ReadyMessage =
  | { readonly type: 'ready'; readonly role: 'control'; readonly controlUrl: string; readonly subdomain: string }
  | { readonly type: 'ready'; readonly role: 'data' | 'observe' }
  | { readonly type: 'ready'; readonly role: 'edge'; readonly edgeUrl: string; readonly edgeAdminUrl: string };

/** A started half of the product: what to announce, and how to end it without losing a request. */
export interface Service {
  readonly ready: ReadyMessage;
  stop(): Promise<void>;
}

/** Sockets that the launcher holds for this child. Written by it too. */
export const heldForUs = ({ SWITCHBACK_SOCKETS }: NodeJS.ProcessEnv): Readonly<Record<string, number>> =>
  JSON.parse(SWITCHBACK_SOCKETS ?? '{}') as Record<string, number>;

/** A launcher that was killed may be started again at once, and that one waits until nothing of this is left. */
const ORPHAN_ENDS_WITHIN_MS = 2_000;

/**
 * Runs one half of the product as a child of the launcher: settings come in the environment, `ready` goes out by IPC. It drains
 * and ends on SIGTERM, and also when the channel closes, so that no half outlives a launcher that was killed; it has little time then.
 */
export const runChild = async (role: ReadyMessage['role'], start: (settings: Settings) => Promise<Service>): Promise<void> => {
  // The launcher was killed while this one loaded.
  if (process.connected === false) process.exit(0);
  const { promise: asked, resolve: ask } = Promise.withResolvers<void>();
  // What is stored is nobody else's to read, also in a folder that the operator made for everybody (SQLite asks for 0644).
  process.umask(0o077);
  // Before anything else: a signal during the start must not kill it half way.
  process.on('SIGTERM', ask).on('SIGINT', ask).on('disconnect', ask);
  process.on('disconnect', () => setTimeout(endAtOnce, ORPHAN_ENDS_WITHIN_MS));
  let service: Service;
  using holding = new DisposableStack();
  try {
    const settings = childSettings(process.env);
    holding.use(await holdRole(settings.data, role));
    service = await start(settings);
  } catch (error) {
    process.exit(await explainStart(error));
  }
  // Node writes it only at a clean exit, and a half that is killed is the one that must be back soon.
  flushCompileCache();
  // A launcher that is killed this very moment is no fault of this half.
  if (process.connected) process.send?.(service.ready, (error: Error | null) => void (error === null || ask()));
  else ask();
  await asked;
  try {
    await service.stop();
    process.exit(0);
  } catch (error) {
    process.exit(explain(error));
  }
};

/** With what this one started: the Workers' processes would run on, in nobody's care. */
const endAtOnce = (): never => {
  for (const pid of descendantsOf(process.pid)) killIfAlive(pid);
  return process.exit(1);
};

const childSettings = ({ SWITCHBACK_SETTINGS }: NodeJS.ProcessEnv): Settings => {
  if (SWITCHBACK_SETTINGS === undefined) throw new BadConfiguration('This program is started by `switchback start`, not by itself.');
  // Written by the launcher of the same release from settings that were validated there.
  return JSON.parse(SWITCHBACK_SETTINGS) as Settings;
};

/** What the machine forbids for now the launcher says, once, however often it tries again. */
const explainStart = async (error: unknown): Promise<number> => {
  const reason = whyUnusable(error, childSettings(process.env).data);
  if (reason === undefined || !process.connected) return explain(error);
  const message: UnusableMessage = { type: 'unusable', reason };
  await new Promise((resolve) => process.send?.(message, resolve));
  return EXIT_UNUSABLE;
};

const explain = (error: unknown): number => {
  if (error instanceof BadConfiguration || error instanceof DataDirectoryInUse) {
    process.stderr.write(`switchback: ${error.message}\n`);
    return EXIT_BAD_CONFIGURATION;
  }
  console.error(error);
  return 1;
};
