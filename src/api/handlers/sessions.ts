import { accept, refuse } from '../../base/index.ts';
import { authorOf, createSignInCode, csrfTokenOf, expiryOf, SESSION_MS, signIn, signOut, type SignedIn } from '../../control/index.ts';
import type { sessionEndpoints } from '../../contract/index.ts';
import type { Api, Handlers } from '../api.ts';
import { ownUrl } from '../own-url.ts';
import { sessionCookie } from '../session-door.ts';

const sessionView = (api: Api, headers: Headers, { session, token, value }: SignedIn) => ({
  account_id: api.account.id,
  user: { id: token.id, name: token.name, email: authorOf(token).email },
  csrf_token: csrfTokenOf(value),
  expires_on: expiryOf(session).toISOString(),
  control_url: ownUrl(api, headers),
});

/** What is in them is one browser's, and no cache's on the way. */
const UNKEPT = { 'cache-control': 'no-store' };

export const sessions: Handlers<typeof sessionEndpoints> = {
  createSession: async (api, { body, headers, actor }) => {
    // Tests ask without a connection.
    const address = actor.ip ?? '';
    const retryAfterSeconds = api.signIns.begin(address, api.clock.now().getTime());
    // The contract has seen to it that it is one of both.
    const signedIn = await signIn(api, actor, body.token === undefined ? { code: body.code ?? '' } : { token: body.token });
    if (!signedIn.ok) return retryAfterSeconds > 0 ? refuse({ code: 'sign_ins_too_many', retryAfterSeconds }) : signedIn;
    api.signIns.succeeded(address);
    const { value, session } = signedIn.value;
    const leftMs = Date.parse(session.createdOn) + SESSION_MS - api.clock.now().getTime();
    const cookie = sessionCookie(api, headers, value, leftMs);
    return accept({ result: sessionView(api, headers, signedIn.value), headers: { ...UNKEPT, 'set-cookie': cookie } });
  },
  getSession: async (api, { headers, session }) => accept({ result: sessionView(api, headers, session), headers: UNKEPT }),
  deleteSession: async (api, { headers, session, actor }) => {
    const ended = await signOut(api, actor, session.session);
    return ended.ok ? accept({ result: null, headers: { 'set-cookie': sessionCookie(api, headers, '', 0) } }) : ended;
  },
  createSessionCode: async (api, { actor, token, session, headers }) => {
    const made = await createSignInCode(api, actor, token, session?.session);
    if (!made.ok) return made;
    const { code, expiresOn } = made.value;
    return accept({ result: { url: `${ownUrl(api, headers)}/sign-in#code=${code}`, expires_on: expiresOn }, headers: UNKEPT });
  },
};
