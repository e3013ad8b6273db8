import { rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createEdge, DEFAULT_LIMITS, type Log } from '../edge/index.ts';
import { DataDirectoryInUse } from '../files/index.ts';
import { privateFolder } from '../runtime/index.ts';
import { BadConfiguration } from './bad-configuration.ts';
import { runChild, type Service } from './child.ts';
import { openLog } from './log.ts';
import { openFilesLimit, visitorsWithin } from './open-files.ts';
import { ownNetworks } from './own-networks.ts';
import type { Settings } from './settings.ts';

/** Below this an operator should know. */
const FEW_CONNECTIONS = 1_000;

/** Fewer connections than usual where few files may be open: an edge that runs out of them can start no version either. */
const connectionsThatFit = (log: Log): { readonly maxConnections?: number } => {
  const openFiles = openFilesLimit();
  if (openFiles === undefined) return {};
  const maxConnections = visitorsWithin(openFiles);
  if (maxConnections >= DEFAULT_LIMITS.maxConnections) return {};
  log[maxConnections < FEW_CONNECTIONS ? 'warn' : 'info'](
    { openFiles, maxConnections },
    `Only ${openFiles} files may be open, so ${maxConnections} visitors can be connected at once. For more raise the hard limit (ulimit -Hn, LimitNOFILE= of systemd).`,
  );
  return { maxConnections };
};

/** Starts an edge: visitors' listener, the versions' processes, and the connection to the control plane. */
const startEdge = async (settings: Settings): Promise<Service> => {
  if (settings.control === undefined || settings.edgeToken === undefined) {
    throw new BadConfiguration('An edge needs --control URL and an edge token (SWITCHBACK_EDGE_TOKEN), the same as its control plane has.');
  }
  const dataDir = join(settings.data, 'edge');
  const runtimeDir = await privateFolder('run', dataDir);
  const log = openLog('edge');
  const edge = await createEdge({
    dataDir,
    runtimeDir,
    // On one machine the bytes are read where the control plane stored them; elsewhere they are fetched by digest.
    modulesDir: settings.role === 'all' ? join(settings.data, 'modules') : undefined,
    host: settings.host,
    port: settings.edgePort,
    adminPort: settings.edgeAdminPort,
    controlUrl: settings.control,
    edgeToken: settings.edgeToken,
    tlsDir: settings.tlsDir,
    trustedProxies: settings.trustedProxy,
    observesOverControl: settings.role === 'edge',
    limits: {
      drainTimeoutMs: settings.drainSeconds * 1000,
      maxConnectionsPerAddress: settings.connectionsPerAddress,
      maxRequestsPerVersion: settings.requestsPerVersion,
      maxWebSocketsPerVersion: settings.websocketsPerVersion,
      maxCallsPerCaller: settings.callsPerWorker ?? settings.requestsPerVersion + settings.websocketsPerVersion,
      cacheBytes: settings.cacheMb * 1024 * 1024,
      ...connectionsThatFit(log),
    },
    runtimeSettings: {
      idleMs: settings.idleMinutes * 60_000,
      warmMs: settings.warmMinutes * 60_000,
      heapLimitMb: settings.heapLimitMb,
      memoryLimitMb: settings.memoryLimitMb,
      silentCpuMs: settings.silentCpuMs,
      deniedNetworks: ownNetworks(),
      dataFolder: await privateFolder('data', settings.data),
      ...(settings.role === 'all' ? { observeFolder: await privateFolder('observe', settings.data) } : {}),
      // Of several edges each would own them, and none would have all.
      ...(settings.role === 'all' ? { objectsFolder: join(settings.data, 'objects') } : {}),
      // A version that passed its trial must not fail on a busier day.
      startupCpuMs: settings.startupCpuMs * 3,
    },
    log,
  }).catch((error: NodeJS.ErrnoException) => {
    if (error instanceof DataDirectoryInUse) throw new BadConfiguration(error.message, { cause: error });
    if (error.code !== 'EADDRINUSE') throw error;
    throw new BadConfiguration(
      `Port ${settings.edgePort} or ${settings.edgeAdminPort} on ${settings.host} is in use by another program. Choose others with --edge-port and --edge-admin-port, or 0 for any free one.`,
      { cause: error },
    );
  });
  return {
    ready: { type: 'ready', role: 'edge', edgeUrl: edge.url, edgeAdminUrl: edge.adminUrl },
    stop: async () => {
      await edge.close();
      // What is still in it belongs to a process that could not be ended; the next start looks after that.
      await rmdir(runtimeDir).catch(() => undefined);
    },
  };
};

await runChild('edge', startEdge);
