import { withoutHash } from './hashed-path.ts';

/**
 * Which of the paths that came take the place of which that went, because only what names their content differs: a bundler writes
 * `cart.9f31c2ab.js` where `cart.41bb07de.js` was. Where several could be meant, none is.
 */
export const replacedPaths = (came: readonly string[], went: readonly string[]): ReadonlyMap<string, string> => {
  const wentBy = Map.groupBy(went, withoutHash);
  const pairs = new Map<string, string>();
  for (const [plain, paths] of Map.groupBy(came, withoutHash)) {
    const [path, ...more] = paths;
    const [before, ...others] = wentBy.get(plain) ?? [];
    if (path !== undefined && before !== undefined && more.length + others.length === 0) pairs.set(path, before);
  }
  return pairs;
};
