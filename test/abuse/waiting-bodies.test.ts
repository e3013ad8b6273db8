/** Thousands of bodies that a Worker never reads: each waits with little, all together with more than the edge may take. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import test from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { send } from '../support/send.ts';
import { startServer } from '../support/server.ts';
import { until } from '../support/until.ts';
import { deploy, edgePort } from './seen.ts';

const BODIES = 3_000;
/** More than the operating system's buffers take on the way to the Worker. */
const BODY = Buffer.alloc(700_000);
const AT_ONCE = 50;
/** README: what waits, and what the edge holds besides; some 800 MB where nothing bounds it. */
const MOST_MEGABYTES = 512;

const UNREADING = `export default {
  async fetch(request) {
    if (request.url.endsWith('/echo')) return new Response(await request.text());
    await scheduler.wait(90_000);
    return new Response('late');
  },
};`;

const residentMegabytes = (pid: number): number =>
  Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]) / 1024;

test(
  '[B-14] three thousand bodies that a Worker does not read keep the edge below 512 MB, and who is read is answered',
  { skip: process.platform !== 'linux' },
  async (t) => {
    await using server = await startServer({ args: ['--requests-per-version', '10000', '--memory-limit-mb', '4000'] });
    const host = await deploy(server, 'unreading', UNREADING);
    const echo = async (): Promise<string> => {
      const { status, body } = await send({ url: `${server.edgeUrl}/echo`, method: 'POST', headers: { host }, body: Buffer.from('read') });
      return `${status} ${body.toString()}`;
    };
    assert.equal(await echo(), '200 read');
    const edge = server.half('edge') ?? 0;
    let most = 0;
    const watching = setInterval(() => (most = Math.max(most, residentMegabytes(edge))), 50);
    const sockets: Socket[] = [];
    let refused = 0;
    try {
      const head = `POST / HTTP/1.1\r\nhost: ${host}\r\ncontent-length: 90000000\r\n\r\n`;
      while (sockets.length < BODIES) {
        for (let each = 0; each < AT_ONCE; each += 1) {
          const socket = connect(edgePort(server), '127.0.0.1').on('error', () => socket.destroy());
          socket.once('data', (data: Buffer) => (refused += Number(data.toString().startsWith('HTTP/1.1 503'))));
          socket.write(head);
          socket.write(BODY);
          sockets.push(socket);
        }
        assert.equal(await echo(), '200 read');
        await wait(20);
      }
      await until('some to be refused', () => refused > 0);
      assert.equal(await echo(), '200 read');
    } finally {
      clearInterval(watching);
      for (const socket of sockets) socket.destroy();
    }
    t.diagnostic(`${BODIES} bodies: the edge had ${Math.round(most)} MB at most, ${refused} were refused`);
    assert.ok(most < MOST_MEGABYTES, `${Math.round(most)} MB`);
  },
);
