import { caller } from '../../api/index.ts';
import { useCallback, useEffect, useRef, useState } from 'react';
import { isSame, type Edit } from './files.ts';

/** What somebody changed and has not saved, by the version that it began with. It is kept in this browser. */
interface Draft {
  readonly edit: Edit;
  /** ISO. */
  readonly at: string;
}

type Drafts = Readonly<Record<string, Draft>>;

/** Whoever signs in next in this browser sees drafts of their own. */
const keyOf = (worker: string, userId: string): string => `switchback-drafts:${userId}:${worker}`;

const draftsOf = (key: string): Drafts => {
  try {
    return JSON.parse(localStorage.getItem(key) ?? '{}') as Drafts;
  } catch {
    return {};
  }
};

/** False where the browser has no room for it. */
const keep = (key: string, versionId: string, edit: Edit | undefined): boolean => {
  const { [versionId]: _, ...others } = draftsOf(key);
  const drafts = edit === undefined ? others : { ...others, [versionId]: { edit, at: new Date().toISOString() } };
  try {
    if (Object.keys(drafts).length === 0) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(drafts));
    return true;
  } catch {
    return false;
  }
};

/** The version that the last draft of a Worker began with. */
export const lastDraftOf = (worker: string): string | undefined =>
  Object.entries(draftsOf(keyOf(worker, caller.userId))).toSorted(([, a], [, b]) => b.at.localeCompare(a.at))[0]?.[0];

interface EditState {
  readonly edit: Edit;
  readonly isChanged: boolean;
  /** The edit is lost with the page: the browser has no room for it. */
  readonly isUnkept: boolean;
  readonly change: (next: (before: Edit) => Edit) => void;
  /** Nothing of it is kept any more. */
  readonly forget: () => void;
}

/** Typing is kept once it rests for so long, or the page is left. */
const REST_MS = 300;

/** An edit of one version, that is still there when the page is opened again. */
export const useEdit = (worker: string, versionId: string, original: Edit): EditState => {
  // Whose it is stays: what was typed is kept also when they have just signed out.
  const [userId] = useState(caller.userId);
  const key = keyOf(worker, userId);
  const [edit, setEdit] = useState<Edit>(() => draftsOf(key)[versionId]?.edit ?? original);
  const [isUnkept, setUnkept] = useState(false);
  const latest = useRef(edit);
  const waiting = useRef<ReturnType<typeof setTimeout>>(undefined);
  const keepNow = useCallback((): void => {
    clearTimeout(waiting.current);
    waiting.current = undefined;
    setUnkept(!keep(key, versionId, isSame(latest.current, original) ? undefined : latest.current));
  }, [key, versionId, original]);
  const change = useCallback(
    (next: (before: Edit) => Edit): void => {
      latest.current = next(latest.current);
      setEdit(latest.current);
      clearTimeout(waiting.current);
      waiting.current = setTimeout(keepNow, REST_MS);
    },
    [keepNow],
  );
  useEffect(() => {
    const leave = (): void => void (waiting.current !== undefined && keepNow());
    const hide = (): void => void (document.visibilityState === 'hidden' && leave());
    addEventListener('pagehide', leave);
    document.addEventListener('visibilitychange', hide);
    return () => {
      removeEventListener('pagehide', leave);
      document.removeEventListener('visibilitychange', hide);
      leave();
    };
  }, [keepNow]);
  const forget = useCallback((): void => {
    clearTimeout(waiting.current);
    waiting.current = undefined;
    keep(key, versionId, undefined);
  }, [key, versionId]);
  return { edit, isChanged: !isSame(edit, original), isUnkept, change, forget };
};
