import { request as httpRequest, type Agent, type IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type { Asked, Recorder, Sighting } from './recorder.ts';

/** Where the Worker of a run is visited. */
export interface Address {
  readonly edgeUrl: string;
  readonly host: string;
  readonly worker: string;
}

export interface Visit extends Asked {
  readonly kind: string;
  readonly path: string;
  /** Whether the edge is asked to say which deployment it picks from; an override or a key asks for it too. */
  readonly isDebug?: boolean;
  readonly body?: Readable;
}

/** What does not end by then hangs, and the run with it. */
export const LONGEST_MS = 8 * 60_000;

/** One request, recorded from before its first byte to after the last one of its answer. Resolves however it ends. */
export const visit = (
  recorder: Recorder,
  address: Address,
  agent: Agent,
  { kind, path, isDebug, body, ...asked }: Visit,
): Promise<void> => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const seen = recorder.request(kind, asked);
  const url = `${address.edgeUrl}${path.replace('{request}', String(seen.id))}`;
  const headers = headersFor(address, asked, isDebug);
  const request = httpRequest(
    url,
    { method: body === undefined ? 'GET' : 'POST', headers, agent, signal: AbortSignal.timeout(LONGEST_MS) },
    (answer) => {
      seen.answered(edgeSays(answer));
      void read(answer, seen).then(resolve);
    },
  );
  request.once('error', (error) => {
    seen.broke(error.message);
    resolve();
  });
  (body ?? Readable.from([])).pipe(request);
  return promise;
};

export const headersFor = ({ host, worker }: Address, { override, key }: Asked, isDebug = false): Record<string, string> => ({
  host,
  ...(override === undefined ? {} : { 'cloudflare-workers-version-overrides': `${worker}="${override}"` }),
  ...(key === undefined ? {} : { 'cloudflare-workers-version-key': key }),
  ...(isDebug ? { 'switchback-debug': '1' } : {}),
});

export const edgeSays = ({ headers }: IncomingMessage): string | undefined => headers['switchback-version']?.toString();

/** Each line of an answer names the version; the last one begins with `end`. */
const read = async (answer: IncomingMessage, seen: Sighting): Promise<void> => {
  if (answer.statusCode !== 200) {
    answer.resume();
    return seen.ended({ kind: 'failed', why: `status ${answer.statusCode}` });
  }
  seen.names(String(answer.headers['x-version']));
  let [lines, hasEnd] = [0, false];
  try {
    for await (const line of createInterface({ input: answer })) {
      const [first = '', versionId = ''] = line.split(' ');
      seen.names(versionId);
      hasEnd = first === 'end';
      lines += 1;
    }
  } catch (error) {
    return seen.broke(`${String(error)} after ${lines} lines`);
  }
  if (hasEnd && answer.complete) seen.ended();
  else seen.broke(`it ended after ${lines} lines`);
};
