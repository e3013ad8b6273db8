const KEY = 'switchback-way-on';

/** Only a path of ours: an address that somebody sent must not lead elsewhere. */
const ownPath = (to: string | null | undefined): string => {
  if (to == null || !URL.canParse(to, window.location.origin)) return '/';
  const { origin, pathname, search, hash } = new URL(to, window.location.origin);
  return origin === window.location.origin && to.startsWith('/') ? pathname + search + hash : '/';
};

/** Where one wanted to go before the sign-in came between. A link that signs in knows nothing of it, and is opened in the same tab. */
export const wayOn = {
  /** Answers the path of ours that is meant. `to`: as the address says it; undefined where it says nothing. `isByLink`: it says what was said before. */
  remember: (to: string | undefined, isByLink: boolean): string => {
    const path = ownPath(to === undefined && isByLink ? sessionStorage.getItem(KEY) : to);
    sessionStorage.setItem(KEY, path);
    return path;
  },
  forget: (): void => sessionStorage.removeItem(KEY),
};
