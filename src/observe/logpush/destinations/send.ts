import { createReadStream } from 'node:fs';
import { request as requestHttp, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { pipeline } from 'node:stream/promises';
import { PrivateAddress, type AddressGuard } from './guard.ts';
import { DeliveryFailure, unreadableFile, type FailureKind, type OutgoingFile } from './outgoing.ts';

export interface Sending {
  readonly method: 'POST' | 'PUT';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly file: OutgoingFile;
}

/** So long nothing may move, and so long one file may take. */
const SILENCE_MS = 60_000;
const WHOLE_MS = 300_000;
const MOST_ANSWER_BYTES = 16 * 1024;

/** Sends a file in one request over a connection of its own. Redirects are not followed. Answers what an answer below 300 says. */
export const send = async ({ method, url, headers, file }: Sending, guard: AddressGuard, signal: AbortSignal): Promise<void> => {
  const to = new URL(url);
  guard.check(to.hostname);
  const failing = new AbortController();
  const request = (to.protocol === 'https:' ? requestHttps : requestHttp)(to, {
    method,
    headers: { ...headers, 'content-length': file.size },
    agent: false,
    lookup: guard.lookup,
    timeout: SILENCE_MS,
    signal: AbortSignal.any([signal, failing.signal, AbortSignal.timeout(WHOLE_MS)]),
  });
  request.on('timeout', () => request.destroy(new DeliveryFailure(`nothing was heard of it for ${SILENCE_MS / 1000} s`)));
  try {
    const response = await answered(request, file);
    const status = response.statusCode ?? 0;
    const text = await startOf(response);
    if (status < 200 || status > 299) throw new DeliveryFailure(describeAnswer(response, text), { kind: kindOf(status, codeIn(text)) });
  } catch (error) {
    throw explained(error, file);
  } finally {
    failing.abort();
  }
};

/** What is answered, be it before all of the file was sent. */
const answered = (request: ClientRequest, { content }: OutgoingFile): Promise<IncomingMessage> => {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  request.once('response', resolve).on('error', reject);
  if (content instanceof Uint8Array) request.end(content);
  else pipeline(createReadStream(content.path), request).catch(reject);
  return promise;
};

const startOf = async (response: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > MOST_ANSWER_BYTES) break;
  }
  return Buffer.concat(chunks).toString();
};

/** Of S3. */
const codeIn = (text: string): string | undefined => /<Code>([A-Za-z]{1,60})<\/Code>/.exec(text)?.[1];

/** What another day, other credentials or another address may mend: whoever answers so need not have read what it was sent. */
const MAY_PASS: ReadonlySet<number> = new Set([401, 403, 404, 407, 408, 425, 429]);

const kindOf = (status: number, code: string | undefined): FailureKind => {
  if (status === 413 || code === 'EntityTooLarge') return 'too_large';
  return status < 400 || status > 499 || MAY_PASS.has(status) ? 'passing' : 'refused';
};

/** Of what it says only a code in S3's form is repeated: an answer may repeat what it was sent, credentials too. */
const describeAnswer = ({ statusCode = 0, statusMessage = '' }: IncomingMessage, text: string): string => {
  const words = /^[A-Za-z0-9 -]{1,60}$/.test(statusMessage) ? ` ${statusMessage}` : '';
  const code = codeIn(text);
  const redirect = statusCode >= 300 && statusCode < 400 ? ', and redirects are not followed' : '';
  return `it answered ${statusCode}${words}${code === undefined ? '' : ` (${code})`}${redirect}`;
};

/** A failure of the connection, in words. Node's name the host, its address and its certificate, and no credentials. */
const explained = (error: unknown, { content }: OutgoingFile): Error => {
  if (error instanceof DeliveryFailure || error instanceof PrivateAddress || error instanceof TypeError) return error;
  const unreadable = content instanceof Uint8Array ? undefined : unreadableFile(error, (path) => path === content.path);
  if (unreadable !== undefined) return unreadable;
  const { code, name, message, errors } = error as NodeJS.ErrnoException & { readonly errors?: readonly Error[] };
  if (name === 'AbortError' || name === 'TimeoutError') return new DeliveryFailure('it took too long', { cause: error });
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return new DeliveryFailure('its host name cannot be resolved', { cause: error });
  return new DeliveryFailure(message === '' ? (errors?.[0]?.message ?? String(code)) : message, { cause: error });
};
