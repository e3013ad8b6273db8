import { parseDictionary, serializeItem, Token, type BareItem } from 'structured-headers';
import { accept, refuse, type Result } from '../base/index.ts';

/** Names in lower case, as requests carry them. */
export const OVERRIDES_HEADER = 'cloudflare-workers-version-overrides';
export const KEY_HEADER = 'cloudflare-workers-version-key';
export const DEBUG_HEADER = 'switchback-debug';
export const ANSWER_HEADER = 'Switchback-Version';

/** Why an override header names no version for this Worker. */
export type OverrideIgnored = 'malformed' | 'not_a_string' | 'other_worker';

/**
 * The version that `Cloudflare-Workers-Version-Overrides` names for a Worker. It is an RFC 8941 dictionary from Worker to
 * version id, so one fault voids all of it, of a key given twice the last counts, and an id without quotes is not a String
 * (https://developers.cloudflare.com/workers/configuration/versions-and-deployments/gradual-deployments/#version-overrides).
 */
export const overrideFor = (script: string, header: string): Result<string, OverrideIgnored> => {
  const dictionary = parsed(header);
  if (dictionary === undefined) return refuse('malformed');
  const member = dictionary.get(script);
  if (member === undefined) return refuse('other_worker');
  const [value] = member;
  return typeof value === 'string' ? accept(value) : refuse('not_a_string');
};

const parsed = (header: string): ReturnType<typeof parseDictionary> | undefined => {
  try {
    return parseDictionary(header);
  } catch {
    // Whatever is wrong with it, the visitor is answered; the answer header says that it was not understood.
    return undefined;
  }
};

export interface VersionAnswer {
  readonly versionId: string;
  readonly reason: 'override' | 'key' | 'random' | 'only' | 'version_url' | 'alias';
  readonly deploymentId?: string | undefined;
  readonly overrideIgnored?: OverrideIgnored | 'not_in_deployment' | undefined;
}

/** The value of `Switchback-Version`: which version answered, why, and why an override did not apply. */
export const versionAnswer = ({ versionId, reason, deploymentId, overrideIgnored }: VersionAnswer): string => {
  const parameters = new Map<string, BareItem>([['reason', new Token(reason)]]);
  if (deploymentId !== undefined) parameters.set('deployment', deploymentId);
  if (overrideIgnored !== undefined) parameters.set('override', new Token(overrideIgnored));
  return serializeItem(versionId, parameters);
};
