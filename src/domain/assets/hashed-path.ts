import type { Asset } from './manifest.ts';

const SHORTEST_HASH = 8;

/**
 * Whether a path names what it holds, as bundlers write it: a part of at least eight characters that is no word, because a digit
 * is in it or a capital letter behind a small one (`index-B4kf9aQz.js`, `main.3f2a9c1b.css`, `/_next/static/x81Kd02ls/…`). The file
 * behind such a path is the same in every version that has it.
 */
export const isHashedPath = (path: string): boolean =>
  path.split(/[/.]/).some((part) => isHash(part) || part.split(/[-_]/).some(isHash) || endsInHash(part));

/** The path with each such part left open: what a bundler called the file before it named what is in it. */
export const withoutHash = (path: string): string =>
  path
    .split(/([/.])/)
    .map((part) =>
      endsInHash(part)
        ? `${part.slice(0, -SHORTEST_HASH)}#`
        : part
            .split(/([-_])/)
            .map(opened)
            .join(''),
    )
    .join('');

const opened = (piece: string): string => (isHash(piece) ? '#' : piece);

const isHash = (part: string): boolean => part.length >= SHORTEST_HASH && /^[\w-]+$/.test(part) && isNoWord(part);
const isNoWord = (part: string): boolean => /\d/.test(part) || /[a-z][A-Z]/.test(part);

/** Base64 for URLs has dashes of its own: the last eight behind a dash. */
const endsInHash = (part: string): boolean => {
  const last = part.slice(-SHORTEST_HASH);
  return /[-_]/.test(part.charAt(part.length - SHORTEST_HASH - 1)) && last.length === SHORTEST_HASH && isNoWord(last);
};

/** Pages name the files of their own version, so another version's would mix the two. */
export const isPage = ({ path, contentType }: Asset): boolean =>
  /\.x?html?$/i.test(path) || /^(?:text\/html|application\/xhtml)/i.test(contentType ?? '');
