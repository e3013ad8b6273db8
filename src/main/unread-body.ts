import type { IncomingMessage } from 'node:http';

/** So much of a refused body is read and thrown away, and for so long; then its connection is closed under whoever still sends. */
export const MOST_DISCARDED_BYTES = 512 * 1024 * 1024;
export const DISCARD_WITHIN_MS = 30_000;

/**
 * A refusal whose request still sends its body leaves at once, and ends only when that has arrived and is thrown away: a
 * connection closed sooner is reset under clients that send before they read, which then see no refusal but a failed request.
 */
export const refusedInFull = async (response: Response, incoming: IncomingMessage): Promise<Response> => {
  if (response.status < 400 || incoming.complete || incoming.destroyed) return response;
  const { status } = response;
  const bytes = new Uint8Array(await response.arrayBuffer());
  const headers = new Headers(response.headers);
  // By this the client knows the answer to be whole while the stream below is still open.
  headers.set('content-length', String(bytes.byteLength));
  const isOver = new AbortController();
  const body = new ReadableStream<Uint8Array>({
    start: async (controller) => {
      controller.enqueue(bytes);
      await discarded(incoming, isOver.signal);
      if (!isOver.signal.aborted) controller.close();
    },
    cancel: () => isOver.abort(),
  });
  return new Response(body, { status, headers });
};

const discarded = (incoming: IncomingMessage, isOver: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    let left = MOST_DISCARDED_BYTES;
    const done = (): void => {
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(done, DISCARD_WITHIN_MS);
    // Whoever was reading has stopped, and would keep what comes now.
    incoming.removeAllListeners('data');
    incoming.on('data', ({ length }: Buffer) => {
      left -= length;
      if (left < 0) done();
    });
    incoming.once('end', done).once('error', done).once('close', done).resume();
    isOver.addEventListener('abort', done);
  });
