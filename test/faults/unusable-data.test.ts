/** A server is started on a data directory that cannot be used as it is. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import test from 'node:test';
import { send } from '../support/send.ts';
import { launchServer, startServer, type Server } from '../support/server.ts';
import { SmallDisk } from '../support/small-disk.ts';
import { aFolder } from '../support/temporary.ts';
import { until } from '../support/until.ts';
import { aWorker } from '../support/worker-form.ts';

/** An edge that starts alone must know where its control plane will be, and we where the edge is: ports that are free now. */
const freePorts = async (): Promise<readonly [control: number, edge: number]> => {
  const servers = [createServer().listen(0, '127.0.0.1'), createServer().listen(0, '127.0.0.1')];
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const [control, edge] = servers.map((server) => (server.address() as { readonly port: number }).port); // It listens on TCP.
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return [control ?? 0, edge ?? 0];
};

/** A server that has served a Worker was stopped; started again while its data is `spoilt`, it serves, and once `mended` it is ready. */
const restarted = async (folder: string, spoil: () => void, mend: () => void, reason: RegExp): Promise<void> => {
  const [control, edge] = await freePorts();
  const options = { folder, args: ['--control-port', String(control), '--edge-port', String(edge)] };
  const first = await startServer(options);
  await first.api('PUT', 'workers/scripts/hello', aWorker());
  await first.api('POST', 'workers/scripts/hello/subdomain', { enabled: true, previews_enabled: false });
  const host = first.host('hello');
  await until('the Worker to be served', async () => (await first.visit(host)).text === 'hello');
  assert.equal(await first.stop(), 0);
  spoil();
  const second: Server = launchServer(options);
  try {
    const url = `http://127.0.0.1:${edge}/`;
    const visited = async () => String((await send({ url, method: 'GET', headers: { host }, body: Buffer.alloc(0) })).body);
    await until('the last good table to be served', async () => (await visited().catch(() => '')) === 'hello');
    const lines = second.output.split('\n').filter((line) => !line.startsWith('{') && line !== '');
    assert.match(lines.join('\n'), reason, 'one sentence and no stack');
    mend();
    await second.ready();
    await second.api('PUT', 'workers/scripts/hello', aWorker({ code: `export default { fetch: () => new Response('mended') }` }));
    // An edge that has not come back yet is not waited for.
    await until('the edge to follow', async () => (await visited()) === 'mended');
    assert.equal(await second.stop(), 0);
  } finally {
    await second.stop('SIGKILL');
  }
};

test('[C-8] a database that is damaged at the start: the edge serves, and the control plane is there once it is mended', async (t) => {
  const folder = await aFolder(t);
  const [database, copy] = [join(folder, 'data', 'switchback.db'), join(folder, 'copy.db')];
  const spoil = () => {
    copyFileSync(database, copy);
    for (const path of [`${database}-wal`, `${database}-shm`]) rmSync(path, { force: true });
    writeFileSync(database, 'this is no database, whatever its name says'.repeat(1000));
  };
  const reason =
    /^The control process cannot start\. The database file is damaged: it is no database\. \(.*\/data\) It is tried again until it can; .*\.$/;
  await restarted(folder, spoil, () => copyFileSync(copy, database), reason);
});

test('[C-8] a data directory that is read-only at the start: the same', { skip: !SmallDisk.isPossible }, async (t) => {
  const folder = await aFolder(t);
  using disk = new SmallDisk(64);
  symlinkSync(disk.path, join(folder, 'data'));
  mkdirSync(join(folder, 'state'), { recursive: true });
  const remount = (mode: 'ro' | 'rw') => () => void execFileSync('mount', ['-o', `remount,${mode}`, disk.path]);
  const reason =
    /^The control process cannot start\. The data directory is on a read-only file system\. \(.*\) It is tried again until it can; .*\.$/;
  await restarted(folder, remount('ro'), remount('rw'), reason);
});
