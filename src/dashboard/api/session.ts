import { useSyncExternalStore } from 'react';
import { addressOf, ApiFailure, call, caller, type Result } from './client.ts';
import { queries, refresh } from './queries.ts';

export type Session = Result<'getSession'>;

let known: Session | undefined;
/** Since the session of who is known has ended: whether they came back, once that is known. */
let ended: PromiseWithResolvers<boolean> | undefined;
const forgetters = new Set<() => void>();
/** Who was known has left, by signing out somewhere or because somebody else has come: what is theirs is shown no more. */
let isGone = false;
const listeners = new Set<() => void>();
const leavers = new Set<() => void>();

type Told = 'signed in' | 'signed out' | 'ended';

/** The other windows of this browser, which have the same cookie. */
const windows = new BroadcastChannel('switchback-session');
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel is of one origin
const tell = (what: Told): void => windows.postMessage(what);

/** For what is remembered outside of components: it is gone with the session. */
export const whenForgotten = (forget: () => void): void => void forgetters.add(forget);

/** Calls back when somebody signed out in another window. Answers how to leave. */
export const whenLeft = (leave: () => void): (() => void) => {
  leavers.add(leave);
  return () => leavers.delete(leave);
};

const draw = (): void => {
  for (const listener of listeners) listener();
};

const setEnded = (next: typeof ended): void => {
  ended = next;
  draw();
};

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** Whether who is known has to sign in again. What they were doing stays meanwhile, behind the sign-in. */
export const useHasEnded = (): boolean => useSyncExternalStore(subscribe, () => ended !== undefined);

/** Whether nobody's page may be shown: from when somebody has left to when somebody has signed in. */
export const useIsGone = (): boolean => useSyncExternalStore(subscribe, () => isGone);

const taken = async (session: Session): Promise<Session> => {
  // Nothing of a page is for anybody else.
  if (known !== undefined && known.user.id !== session.user.id) return replaced();
  known = session;
  isGone = false;
  isUnsure = false;
  caller.accountId = session.account_id;
  caller.userId = session.user.id;
  caller.csrfToken = session.csrf_token;
  if (ended !== undefined) {
    ended.resolve(true);
    setEnded(undefined);
    void refresh(undefined);
  }
  draw();
  return session;
};

/** The page is taken away before it is loaded anew: what is not on it any more cannot ask to stay. */
const replaced = async (): Promise<never> => {
  forgetSession();
  await new Promise((drawn) => setTimeout(drawn));
  window.location.reload();
  return new Promise(() => undefined);
};

const asked = async (): Promise<Session> => taken((await call('getSession', {})).result);

/** Somebody signed in elsewhere, and who that is could not be asked yet. */
let isUnsure = false;

/** Asks who is signed in where that is not sure. It is tried again when the page is looked at, or the server is back. */
export const makeSure = (): void => void (isUnsure && asked().catch(() => undefined));

/** Who is signed in, asked once for a page; undefined where nobody is. */
export const currentSession = async (): Promise<Session | undefined> => {
  if (known !== undefined) return known;
  try {
    return await asked();
  } catch (error) {
    if (error instanceof ApiFailure && error.status === 401) return undefined;
    throw error;
  }
};

/** With a token, or with the code of a one-time link. */
export const signIn = async (by: { readonly token: string } | { readonly code: string }): Promise<Session> => {
  const { result } = await call('createSession', { body: by });
  tell('signed in');
  return taken(result);
};

/** Throws where somebody is still signed in. */
export const signOut = async (): Promise<void> => {
  try {
    await call('deleteSession', {});
  } catch (error) {
    // It has ended by itself.
    if (!(error instanceof ApiFailure && error.status === 401)) throw error;
  }
  tell('signed out');
  forgetSession();
};

/** Nothing that was read stays for whoever comes next. */
const forgetSession = (): void => {
  known = undefined;
  isGone = true;
  isUnsure = false;
  caller.left += 1;
  caller.csrfToken = '';
  caller.userId = '';
  ended?.resolve(false);
  setEnded(undefined);
  queries.clear();
  for (const forget of forgetters) forget();
};

/** Whether what broke off is worth another try. Where the session has ended that is known once somebody has signed in again. */
export const isStillSignedIn = async (): Promise<boolean> => {
  if (ended !== undefined) return ended.promise;
  const response = await fetch(addressOf('getSession', {})).catch(() => undefined);
  if (response?.status !== 401) return true;
  if (known === undefined) return false;
  // Others may have asked meanwhile.
  const waiting = ended ?? Promise.withResolvers<boolean>();
  if (ended !== waiting) {
    setEnded(waiting);
    tell('ended');
  }
  return waiting.promise;
};

/** The token against forgery is of another session: the same person signed in again elsewhere in this browser. */
const CSRF_TOKEN_WRONG = 100_454;

caller.mayTryAgain = async ({ status, code }) => {
  if (status === 401) void isStillSignedIn();
  return code === CSRF_TOKEN_WRONG && known !== undefined && (await asked().catch(() => undefined)) !== undefined;
};

windows.addEventListener('message', ({ data }: MessageEvent<Told>) => {
  if (known === undefined) return;
  if (data === 'ended') return void isStillSignedIn();
  // The cookie is another by now, and with it what calls show.
  if (data === 'signed in') {
    isUnsure = true;
    return makeSure();
  }
  forgetSession();
  for (const leave of leavers) leave();
});

document.addEventListener('visibilitychange', makeSure);
