import { createHash, randomBytes } from 'node:crypto';
import { accept, refuse, type Result } from '../base/index.ts';
import type { Refusal } from '../domain/index.ts';
import type { Queries, Session, Token } from '../store/index.ts';
import { auditEntry, type Actor, type Control } from './control.ts';
import { authorOf, tokenHash } from './tokens.ts';

const HOUR_MS = 3_600_000;
/** A browser that is left alone is signed out after a night. */
export const IDLE_MS = 12 * HOUR_MS;
/** However much it is used. */
export const SESSION_MS = 7 * 24 * HOUR_MS;
const CODE_MS = 10 * 60_000;
/** Each use would be a write to the disk; once a minute is enough to know who is still there. */
const NOTED_EVERY_MS = 60_000;

export interface SignedIn {
  readonly session: Session;
  readonly token: Token;
  /** What the cookie holds; known to whoever shows it, and stored nowhere. */
  readonly value: string;
}

/** What a sign-in shows: a token, or the code of a link. */
export type Proof = { readonly token: string } | { readonly code: string };

const secret = (): string => randomBytes(32).toString('base64url');

/** It follows from the cookie, so that nothing of it is stored, and says nothing of it. */
export const csrfTokenOf = (value: string): string => createHash('sha256').update(`csrf ${value}`).digest('base64url');

export const expiryOf = ({ createdOn, usedOn }: Session): Date =>
  new Date(Math.min(Date.parse(createdOn) + SESSION_MS, Date.parse(usedOn) + IDLE_MS));

export const signIn = async (control: Control, actor: Pick<Actor, 'ip'>, proof: Proof): Promise<Result<SignedIn, Refusal>> => {
  const value = secret();
  const now = control.clock.now();
  // What is wrong is no work for the one writer.
  const shown = await shownBy(control.store.read, proof, now);
  if (!shown.ok) return shown;
  return control.store.change<SignedIn, Refusal>(
    async (change) => {
      const present = await shownBy(change, proof, now);
      if (!present.ok) return present;
      const { token, maker } = present.value;
      if ('code' in proof) await change.sessions.takeCode(tokenHash(proof.code));
      await change.sessions.forget(before(now, SESSION_MS), before(now, IDLE_MS), now.toISOString());
      const session: Session = {
        id: control.ids.hex32(),
        tokenId: token.id,
        // One that a session let in is a part of that one's time: nobody stays for ever by letting themselves in.
        createdOn: maker?.createdOn ?? now.toISOString(),
        usedOn: now.toISOString(),
      };
      await change.sessions.insert(session, tokenHash(value));
      return accept({ session, token, value });
    },
    ({ session, token }) =>
      auditEntry(control, { ...actor, author: authorOf(token), source: 'dash' }, 'session.create', `session/${session.id}`, {
        by: 'token' in proof ? 'token' : 'link',
      }),
  );
};

interface Shown {
  readonly token: Token;
  /** The session that made the code. */
  readonly maker?: Session;
}

const shownBy = async (queries: Pick<Queries, 'sessions' | 'tokens'>, proof: Proof, now: Date): Promise<Result<Shown, Refusal>> => {
  if ('token' in proof) {
    const token = await queries.tokens.byHash(tokenHash(proof.token.trim()));
    return token === undefined ? refuse({ code: 'token_wrong' }) : accept({ token });
  }
  const code = await queries.sessions.codeByHash(tokenHash(proof.code));
  const token = await tokenOf(queries, code?.tokenId);
  const wrong = refuse({ code: 'sign_in_code_wrong' as const });
  if (code === undefined || token === undefined || now >= new Date(code.expiresOn)) return wrong;
  if (code.sessionId === undefined) return accept({ token });
  const maker = await queries.sessions.byId(code.sessionId);
  return maker === undefined || now >= expiryOf(maker) ? wrong : accept({ token, maker });
};

const before = (now: Date, ms: number): string => new Date(now.getTime() - ms).toISOString();

const tokenOf = async ({ tokens }: Pick<Queries, 'tokens'>, id: string | undefined): Promise<Token | undefined> =>
  id === undefined ? undefined : tokens.byId(id);

/** Whose cookie this is, as long as its session goes on; it goes on for longer by being asked for. */
export const sessionOf = async (control: Control, value: string): Promise<Result<SignedIn, Refusal>> => {
  const found = await control.store.read.sessions.byHash(tokenHash(value));
  const token = await tokenOf(control.store.read, found?.tokenId);
  const now = control.clock.now();
  if (found === undefined || token === undefined || now >= expiryOf(found)) return refuse({ code: 'session_ended' });
  if (now.getTime() - Date.parse(found.usedOn) < NOTED_EVERY_MS) return accept({ session: found, token, value });
  const session = { ...found, usedOn: now.toISOString() };
  // A disk that takes nothing more signs nobody out: the next request tries again.
  const isNoted = await control.store
    .note(({ sessions }) => sessions.use(session.id, session.usedOn))
    .then(
      () => true,
      () => false,
    );
  return accept({ session: isNoted ? session : found, token, value });
};

/** Whether who asked a while ago, with a token or signed in, may still ask. */
export const isStillSignedIn = async (
  { store, clock }: Pick<Control, 'store' | 'clock'>,
  token: Token,
  session?: Session,
): Promise<boolean> => {
  if ((await store.read.tokens.byId(token.id)) === undefined) return false;
  if (session === undefined) return true;
  const found = await store.read.sessions.byId(session.id);
  return found !== undefined && clock.now() < expiryOf(found);
};

export const signOut = (control: Control, actor: Actor, session: Session): Promise<Result<Session, Refusal>> =>
  control.store.change<Session, Refusal>(
    async (change) => {
      await change.sessions.end(session.id);
      return accept(session);
    },
    () => auditEntry(control, actor, 'session.delete', `session/${session.id}`),
  );

/**
 * Makes what signs in once, as the one who asks for it; it is in this answer and nowhere else. What a session made ends with it.
 */
export const createSignInCode = (
  control: Control,
  actor: Actor,
  token: Token,
  session?: Session,
): Promise<Result<{ readonly code: string; readonly expiresOn: string }, Refusal>> => {
  const code = secret();
  const now = control.clock.now();
  const expiresOn = new Date(now.getTime() + CODE_MS).toISOString();
  return control.store.change<{ code: string; expiresOn: string }, Refusal>(
    async (change) => {
      await change.sessions.forget(before(now, SESSION_MS), before(now, IDLE_MS), now.toISOString());
      await change.sessions.addCode(tokenHash(code), { tokenId: token.id, sessionId: session?.id, expiresOn });
      return accept({ code, expiresOn });
    },
    () => auditEntry(control, actor, 'session.invite', `token/${token.id}`, { expires_on: expiresOn }),
  );
};
