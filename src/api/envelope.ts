import type { Refusal } from '../domain/index.ts';
import type { Answer } from './api.ts';
import { spoken, type Spoken } from './refusals.ts';

/** Cloudflare's envelope: `success` alone decides for its clients, the status is for everybody else. */
export const success = ({ result, resultInfo, messages = [], status = 200, headers = {} }: Answer): Response =>
  Response.json(
    {
      success: true,
      errors: [],
      messages: messages.map((message) => ({ code: 100399, message })),
      result,
      ...(resultInfo === undefined ? {} : { result_info: resultInfo }),
    },
    { status, headers },
  );

/** errors[0] is what clients act on; they print all of them. */
export const failure = (refusal: Refusal): Response => {
  const { status } = spoken(refusal);
  return Response.json(
    { success: false, errors: errorsOf(refusal), messages: [], result: null },
    { status, headers: headersOf(refusal, status) },
  );
};

/** Each reason is an error of its own, and so is each binding that an upload could not inherit, as wrangler expects. */
const errorsOf = (refusal: Refusal): readonly Omit<Spoken, 'status'>[] => {
  if (refusal.code === 'deployment_refused' || refusal.code === 'worker_held') return refusal.reasons.flatMap(errorsOf);
  const { code, message, meta } = spoken(refusal);
  const messages = refusal.code === 'inherit_missing' ? message.split('; ') : [message];
  return messages.map((text) => (meta === undefined ? { code, message: text } : { code, message: text, meta }));
};

export const broken = (status: number, code: number, message: string): Response =>
  Response.json({ success: false, errors: [{ code, message }], messages: [], result: null }, { status });

const headersOf = (refusal: Refusal, status: number): Record<string, string> => {
  if (refusal.code === 'method_unknown') return { allow: refusal.allowed.join(', ') };
  if (refusal.code === 'sign_ins_too_many') return { 'retry-after': String(refusal.retryAfterSeconds) };
  // The rest of the body stays unread: a client that sent its next request on this connection would lose it.
  if (status === 413) return { connection: 'close' };
  return status === 401 ? { 'www-authenticate': 'Bearer' } : {};
};
