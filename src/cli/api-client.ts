import { EXIT, Failure, notRunning } from './failure.ts';
import type { Credentials } from './server.ts';
import { switchbackVersion } from './version.ts';

/** Long enough for a server that acknowledges a change only when its edges have it. */
const TIMEOUT_MS = 30_000;

/** What stands beside a list. */
export interface PageInfo {
  readonly cursor?: string;
  readonly looked_back_to?: string;
}

export interface Page {
  readonly result: unknown;
  readonly info: PageInfo;
}

interface Envelope {
  readonly success?: boolean;
  readonly result?: unknown;
  readonly result_info?: PageInfo;
  readonly errors?: readonly { readonly code: number; readonly message: string }[];
}

/** One call of the control plane. `path` is relative to its address; answers the body, without Cloudflare's envelope where it has one. */
export const callApi = async (server: Credentials, method: string, path: string, body?: unknown): Promise<unknown> => {
  const envelope = await envelopeOf(server, method, path, body);
  return envelope.success === true ? envelope.result : envelope;
};

/** A part of a list, and where it goes on. */
export const callPage = async (server: Credentials, path: string): Promise<Page> => {
  const { result, result_info: info = {} } = await envelopeOf(server, 'GET', path);
  return { result, info };
};

const envelopeOf = async (server: Credentials, method: string, path: string, body?: unknown): Promise<Envelope> => {
  const response = await fetch(`${server.control_url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${server.api_token}`,
      'user-agent': `switchback/${switchbackVersion()}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch((cause: Error) => {
    if (cause.name === 'TimeoutError')
      throw new Failure(`The server at ${server.control_url} did not answer within ${TIMEOUT_MS / 1000} s; see its log.`);
    if (server.linked_by !== undefined) {
      const sentence = `No Switchback server answers at ${server.control_url}, to which ${server.linked_by} links. Start it, or link another: switchback link`;
      throw new Failure(sentence, EXIT.notRunning);
    }
    throw notRunning(`No Switchback server answers at ${server.control_url}.`);
  });
  return understood(server, response.status, await response.text());
};

const understood = (server: Credentials, status: number, text: string): Envelope => {
  const envelope = parsed(text);
  if (envelope === undefined)
    throw new Failure(`${server.control_url} does not answer as Switchback does (status ${status}): another program has its port.`);
  const [error] = envelope.errors ?? [];
  if (status === 401 && server.linked_by !== undefined)
    throw new Failure(`${server.control_url} does not know the token in ${server.linked_by}; write the present one: switchback link`);
  if (envelope.success === false || status >= 400)
    throw new Failure(error === undefined ? `The server answered ${status}.` : `${error.message} [code: ${error.code}]`);
  return envelope;
};

const parsed = (text: string): Envelope | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
};
