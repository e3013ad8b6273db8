import { useState } from 'react';
import { useAskBeforeLeaving } from '../../shell/index.ts';
import { countOf, NO_CHANGES, type Draft } from './draft.ts';

interface Kept {
  readonly draft: Draft;
  /** Of the settings as they were when the first change was made. */
  readonly etag: string | undefined;
}

const LEAVE = 'Leave without keeping your changes? They are not saved.';

/** The changes that wait, and which settings they were made to. Leaving them behind asks first. */
export const useDraft = (etag: string | undefined) => {
  const [kept, setKept] = useState<Kept>({ draft: NO_CHANGES, etag: undefined });
  const isEmpty = countOf(kept.draft) === 0;
  useAskBeforeLeaving(isEmpty ? undefined : LEAVE);
  return {
    draft: kept.draft,
    /** What was read when the changes began: nothing is saved over what came since. */
    madeTo: isEmpty ? etag : kept.etag,
    isStale: !isEmpty && kept.etag !== etag,
    change: (draft: Draft): void => setKept({ draft, etag: isEmpty ? etag : kept.etag }),
    /** Keeps the changes, as made to what is there now. */
    follow: (): void => setKept({ ...kept, etag }),
    /** The same, where who changed the settings was this page. */
    followTo: (next: string | undefined): void => setKept((before) => ({ ...before, etag: next })),
    clear: (): void => setKept({ draft: NO_CHANGES, etag: undefined }),
  };
};
