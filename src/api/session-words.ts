import type { SessionRefusal } from '../domain/index.ts';
import type { Spoken } from './refusals.ts';

type Words = { readonly [Code in SessionRefusal['code']]: (refusal: Extract<SessionRefusal, { readonly code: Code }>) => Spoken };

export const sessionWords: Words = {
  session_missing: () => ({
    status: 401,
    code: 100450,
    message: 'Nobody is signed in here. Sign in with an API token, or with the link that `switchback dashboard` prints.',
  }),
  session_ended: () => ({
    status: 401,
    code: 100451,
    message: 'You are signed out: the session has expired, was ended, or its token was revoked. Sign in again.',
  }),
  sign_in_code_wrong: () => ({
    status: 401,
    code: 100452,
    message: 'This link does not sign in: it was used before, or is older than 10 minutes. `switchback dashboard` prints another.',
  }),
  sign_ins_too_many: ({ retryAfterSeconds }) => ({
    status: 429,
    code: 100453,
    message: `Too many sign-ins failed from this address. Try again in ${retryAfterSeconds} s.`,
  }),
  csrf_token_wrong: () => ({
    status: 403,
    code: 100454,
    message:
      'A request by cookie that changes something needs the header "x-switchback-csrf" with the "csrf_token" of its session. Read it from GET /switchback/v1/session.',
  }),
  request_foreign: ({ from }) => ({
    status: 403,
    code: 100455,
    message: `The request comes from ${from}, and the sign-in of a browser is for the dashboard alone. Elsewhere, send an API token.`,
  }),
  too_many_readers: ({ limit }) => ({
    status: 429,
    code: 100456,
    message: `The events are read by ${limit} clients, and no more may at once. Close one of them first.`,
  }),
};
