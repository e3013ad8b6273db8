import { z } from 'zod';
import type { Endpoint } from './endpoint.ts';
import { json } from './shapes.ts';

/** What a request by cookie that changes something shows; a page of another site cannot know its value. */
export const CSRF_HEADER = 'x-switchback-csrf';

const session = z
  .object({
    account_id: z.string(),
    user: z.object({ id: z.string(), name: z.string(), email: z.string() }).describe('The token that signed in.'),
    csrf_token: z.string().describe(`What calls other than GET show in the header \`${CSRF_HEADER}\`.`),
    expires_on: z.string().describe('Unless it is used before: 12 hours after its last use, 7 days after its first.'),
    control_url: z.string(),
  })
  .meta({ id: 'Session', description: 'Who is signed in with the cookie `switchback_session`, which stands in place of a token.' });

const proof = z
  .strictObject({
    token: z.string().min(1).max(1000).optional(),
    code: z.string().min(1).max(1000).optional().describe('Of a link that signs in once.'),
  })
  .refine(({ token, code }) => (token === undefined) !== (code === undefined), 'must have either a token or a code');

const tag = 'Sessions';

export const sessionEndpoints = {
  createSession: {
    method: 'POST',
    path: '/session',
    tag,
    summary: 'Sign in: sets the cookie',
    auth: 'none',
    body: { ...json(proof), maxBytes: 10_000 },
    result: session,
  },
  getSession: { method: 'GET', path: '/session', tag, summary: 'Who is signed in', auth: 'session', result: session },
  deleteSession: { method: 'DELETE', path: '/session', tag, summary: 'Sign out', auth: 'session', result: z.null() },
  createSessionCode: {
    method: 'POST',
    path: '/session/codes',
    tag,
    summary: 'Make a link that signs in once, as whoever asks for it',
    result: z
      .object({
        url: z.string().describe('Opens the dashboard. The code stands behind the `#`, so that it comes into no log.'),
        expires_on: z.string(),
      })
      .meta({ id: 'SignInLink' }),
  },
} as const satisfies Record<string, Endpoint>;
