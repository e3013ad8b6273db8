import { ApiFailure, call, caller, type Result } from './client.ts';
import { queries } from './queries.ts';

export type Session = Result<'getSession'>;

let known: Session | undefined;
const forgetters = new Set<() => void>();

/** For what is remembered outside of components: it is gone with the session. */
export const whenForgotten = (forget: () => void): void => void forgetters.add(forget);

const taken = (session: Session): Session => {
  known = session;
  caller.accountId = session.account_id;
  caller.userId = session.user.id;
  caller.csrfToken = session.csrf_token;
  return session;
};

/** Who is signed in, asked once for a page; undefined where nobody is. */
export const currentSession = async (): Promise<Session | undefined> => {
  if (known !== undefined) return known;
  try {
    return taken((await call('getSession', {})).result);
  } catch (error) {
    if (error instanceof ApiFailure && error.status === 401) return undefined;
    throw error;
  }
};

/** With a token, or with the code of a one-time link. */
export const signIn = async (by: { readonly token: string } | { readonly code: string }): Promise<Session> =>
  taken((await call('createSession', { body: by })).result);

/** Throws where somebody is still signed in. */
export const signOut = async (): Promise<void> => {
  try {
    await call('deleteSession', {});
  } catch (error) {
    // It has ended by itself.
    if (!(error instanceof ApiFailure && error.status === 401)) throw error;
  }
  forgetSession();
};

/** Nothing that was read stays for whoever comes next. */
export const forgetSession = (): void => {
  known = undefined;
  caller.csrfToken = '';
  caller.userId = '';
  queries.clear();
  for (const forget of forgetters) forget();
};
