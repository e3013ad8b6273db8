import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import test from 'node:test';
import { DISCARD_WITHIN_MS, MOST_DISCARDED_BYTES, refusedInFull } from './unread-body.ts';

/** A request that sends `block` again and again, without end. */
const sending = (block: Buffer) => {
  const state = { sent: 0 };
  const stream = new Readable({
    highWaterMark: 0,
    read() {
      if (block.length === 0) return;
      state.sent += block.length;
      setImmediate(() => this.push(block));
    },
  });
  // The parts of one that are looked at.
  return { state, incoming: Object.assign(stream, { complete: false }) as unknown as IncomingMessage };
};

const refusal = () => Response.json({ success: false }, { status: 413 });

test('[A-17] of a refused body no more than the bound is thrown away', async (t) => {
  const { state, incoming } = sending(Buffer.alloc(64 * 1024 * 1024));
  t.after(() => incoming.destroy());
  const response = await refusedInFull(refusal(), incoming);
  assert.deepEqual(await response.json(), { success: false });
  assert.ok(state.sent >= MOST_DISCARDED_BYTES && state.sent < MOST_DISCARDED_BYTES * 1.5, `${state.sent} bytes were read`);
});

test('[A-17] a client that is refused and sends no further is let go after a time', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { incoming } = sending(Buffer.alloc(0));
  t.after(() => incoming.destroy());
  const reader = (await refusedInFull(refusal(), incoming)).body?.getReader();
  assert.equal((await reader?.read())?.done, false, 'the refusal leaves at once');
  let isOver = false;
  const end = reader?.read().then(({ done }) => (isOver = done));
  t.mock.timers.tick(DISCARD_WITHIN_MS - 1);
  await new Promise(setImmediate);
  assert.equal(isOver, false);
  t.mock.timers.tick(1);
  await end;
  assert.equal(isOver, true);
});

test('[A-17] an answer to a request that has arrived whole is passed on as it is', async () => {
  const { incoming } = sending(Buffer.alloc(0));
  const whole = Object.assign(incoming, { complete: true });
  const response = refusal();
  assert.equal(await refusedInFull(response, whole), response);
  const fine = Response.json({ success: true });
  assert.equal(await refusedInFull(fine, Object.assign(whole, { complete: false })), fine);
});
