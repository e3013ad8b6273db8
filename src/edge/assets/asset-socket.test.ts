import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import test from 'node:test';
import { ModuleStore } from '../../files/index.ts';
import { ASSETS_HEADER } from '../../runtime/index.ts';
import { aFolder, aLog, until, V1, V2 } from '../testing.ts';
import { AssetFiles } from './asset-files.ts';
import { AssetIndexes } from './asset-indexes.ts';
import { AssetSocket } from './asset-socket.ts';

const nowhere = () => Promise.reject(new Error('it is nowhere'));

test('[F-12] a version asks for no more of its assets at once than it may, and takes none of the others', async () => {
  await using folder = await aFolder();
  const { promise: held, reject: letGo } = Promise.withResolvers<never>();
  const loadSpec = (versionId: string) => (versionId === V1 ? held : nowhere());
  const path = join(folder.path, 'assets');
  const log = aLog();
  await using _socket = await AssetSocket.open(path, {
    indexes: new AssetIndexes({ loadSpec, readManifest: nowhere }),
    files: new AssetFiles({ modules: new ModuleStore(folder.path), fetch: nowhere }),
    log,
    now: () => Date.now(),
    maxCallsPerCaller: 2,
  });
  const ask = async (versionId: string) => {
    const asked = request({ socketPath: path, path: '/', agent: false, headers: { [ASSETS_HEADER]: versionId } }).end();
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    return [answer.statusCode, await text(answer)];
  };
  const three = Array.from({ length: 3 }, () => ask(V1));
  const refused = [
    503,
    'This version has 2 requests for its assets open, as many as it may have at once. Read or cancel what they answered.',
  ];
  assert.deepEqual(await Promise.race(three), refused);
  assert.deepEqual(await ask(V2), [500, '']);
  assert.deepEqual(
    log.lines.flatMap(({ level, facts }) => (level === 'warn' ? [facts] : [])),
    [{ caller: V1, most: 2 }],
  );
  letGo(new Error('on purpose'));
  assert.deepEqual((await Promise.all(three)).toSorted(), [[500, ''], [500, ''], refused]);
  await until(async () => (await ask(V1))[0] === 500, 'it may ask again');
});
