import type { Connection } from './environment.ts';
import { ACCOUNT_PLACEHOLDER, bytesOf, type Exchange, readRecording } from './recording.ts';
import { send } from './send.ts';

export type ReplayOptions = Connection & {
  /** What to write for what in paths and bodies, such as another Worker's name. */
  readonly substitutions?: Readonly<Record<string, string>>;
};

export type Replayed = {
  readonly method: string;
  /** As it was sent now. */
  readonly path: string;
  readonly status: number;
  readonly body: string;
  /** What the client got when the recording was made. */
  readonly recorded: { readonly status: number; readonly body: string };
};

/**
 * Sends the recorded requests of a client again, one after the other, without the client.
 *
 * The ids this server gives out differ from the recorded ones. Where an answer holds another id in the same place as the
 * recorded answer, every later request says the new one: so a deployment names the version that was uploaded just before.
 */
export async function replay(file: string, { baseUrl, token, accountId, substitutions = {} }: ReplayOptions): Promise<readonly Replayed[]> {
  const words = new Map(Object.entries({ [ACCOUNT_PLACEHOLDER]: accountId, ...substitutions }));
  const replayed: Replayed[] = [];
  for (const { request, response } of readRecording(file)) {
    const path = substitute(request.path, words);
    const headers = { ...request.headers, authorization: `Bearer ${token}` };
    const body = Buffer.from(substitute(bytesOf(request.body).toString('latin1'), words), 'latin1');
    const answer = await send({ url: `${baseUrl}${path}`, method: request.method, headers, body });
    const text = answer.body.toString();
    for (const [old, now] of changedIds(jsonOf(response), parsed(text))) words.set(old, now);
    replayed.push({ method: request.method, path, status: answer.status, body: text, recorded: recordedAnswer(response) });
  }
  return replayed;
}

/** All at once, or a word put in for another could be replaced in its turn. */
function substitute(text: string, words: ReadonlyMap<string, string>): string {
  const anyWord = new RegExp([...words.keys()].map((word) => RegExp.escape(word)).join('|'), 'g');
  return text.replace(anyWord, (word) => words.get(word) ?? word);
}

const ID = /^[0-9a-f]{8}(-?)[0-9a-f]{4}(?:\1[0-9a-f]{4}){3}[0-9a-f]{8}$/;

/** Each recorded id with the one that stands in its place now; without hyphens too, as the oldest clients write them. */
function changedIds(old: unknown, now: unknown): readonly (readonly [string, string])[] {
  if (typeof old === 'string' && typeof now === 'string') {
    if (old === now || !ID.test(old) || !ID.test(now)) return [];
    return [
      [old, now],
      [bare(old), bare(now)],
    ];
  }
  if (typeof old !== 'object' || typeof now !== 'object' || old === null || now === null) return [];
  const current = new Map(Object.entries(now));
  return Object.entries(old).flatMap(([key, value]) => changedIds(value, current.get(key)));
}

const bare = (id: string): string => id.replaceAll('-', '');

const recordedAnswer = ({ status, body }: Exchange['response']) => ({ status, body: bytesOf(body).toString() });
const jsonOf = ({ body }: Exchange['response']): unknown => parsed(bytesOf(body).toString());

/** Not every answer is JSON: a Worker's content is multipart, an empty one is nothing. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
