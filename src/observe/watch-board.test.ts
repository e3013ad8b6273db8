import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import test, { type TestContext } from 'node:test';
import { join } from 'node:path';
import { until } from '../../test/support/until.ts';
import { aFolder } from './testing.ts';
import { WatchBoard } from './watch-board.ts';
import { streamWatched, watchedPath } from './watched-stream.ts';

const served = async (t: TestContext, board: WatchBoard): Promise<string> => {
  const socket = join(aFolder(t), 'reports');
  const server = createServer((_, response) => streamWatched(board, response)).listen(socket);
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return socket;
};

/** Answers how the edge leaves. */
const listen = async (socketPath: string, edge: string): Promise<() => void> => {
  const asked = request({ socketPath, path: watchedPath(edge) }).on('error', () => undefined);
  asked.end();
  await once(asked, 'response');
  return () => asked.destroy();
};

test('[TL-4] a Worker is attached when each edge that listens says so, and an edge that is gone is not waited for', async (t) => {
  const board = new WatchBoard();
  const socket = await served(t, board);
  board.attached('one', ['shop']);
  assert.ok(!board.isAttached('shop'), 'nobody listens');
  await listen(socket, 'one');
  assert.ok(board.isAttached('shop'));
  const leave = await listen(socket, 'edge & two');
  assert.ok(!board.isAttached('shop'), 'the second says nothing yet');
  board.attached('edge & two', ['shop']);
  assert.ok(board.isAttached('shop'));
  board.attached('edge & two', []);
  leave();
  await until('the second is gone', () => board.isAttached('shop'));
});

test('[TL-4] an edge that listens anew before its first stream is found dead stays one that listens', () => {
  const board = new WatchBoard();
  const leaveFirst = board.listens('one');
  const leaveSecond = board.listens('one');
  board.attached('one', ['shop']);
  leaveFirst();
  assert.ok(board.isAttached('shop'));
  leaveSecond();
  assert.ok(!board.isAttached('shop'));
});
