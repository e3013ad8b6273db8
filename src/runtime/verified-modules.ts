import { invariant } from '../base/index.ts';
import type { VersionSpec } from '../domain/index.ts';
import { DigestMismatch } from '../files/index.ts';
import { StartFailure } from './start-failure.ts';

/** Where modules are: the path of one whose bytes were just compared with its digest. The module store is one. */
export interface VerifiedModules {
  verifiedPath(digest: string): Promise<string>;
}

/** Verifies every module of the versions, and answers where each is (I1). */
export const verifiedModules = async (specs: readonly VersionSpec[], modules: VerifiedModules): Promise<(digest: string) => string> => {
  const paths = new Map<string, string>();
  for (const { name, digest, kind } of specs.flatMap((spec) => spec.modules)) {
    if (kind === 'sourcemap' || paths.has(digest)) continue;
    paths.set(digest, await modules.verifiedPath(digest).catch((cause: unknown) => notUsable(name, cause)));
  }
  return (digest) => {
    const path = paths.get(digest);
    invariant(path, `module ${digest} was verified`);
    return path;
  };
};

const notUsable = (name: string, cause: unknown): never => {
  if (cause instanceof DigestMismatch) {
    throw new StartFailure('quarantined', `The stored module ${name} was damaged on disk and set aside: upload the version again.`, {
      cause,
    });
  }
  throw new StartFailure('not_started', `The module ${name} could not be read: ${cause instanceof Error ? cause.message : String(cause)}`, {
    cause,
  });
};
