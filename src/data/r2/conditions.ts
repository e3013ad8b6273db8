import type { Conditions } from './request.ts';

type Etags = NonNullable<Conditions['etagMatches']>;

/**
 * Whether an operation goes ahead, by the rules of RFC 9110 §13.2.2 that R2 follows: an etag decides over a date. Where there is no
 * object yet, nothing matches it and it was uploaded after nothing.
 */
export const holds = (conditions: Conditions, present: { readonly etag: string; readonly uploaded: number } | undefined): boolean => {
  const { uploadedBefore, uploadedAfter, secondsGranularity = false } = conditions;
  // A header in which no etag could be found asks for nothing.
  const [match, noneMatch] = [someOf(conditions.etagMatches), someOf(conditions.etagDoesNotMatch)];
  if (present === undefined) return match === undefined && uploadedAfter === undefined;
  const at = (ms: number): number => (secondsGranularity ? Math.floor(ms / 1000) : ms);
  const matches = match === undefined || names(match, present.etag, false);
  const differs = noneMatch === undefined || !names(noneMatch, present.etag, true);
  const isOldEnough = uploadedBefore === undefined || at(present.uploaded) < at(uploadedBefore) || (match !== undefined && matches);
  const isNewEnough = uploadedAfter === undefined || at(present.uploaded) > at(uploadedAfter) || (noneMatch !== undefined && differs);
  return matches && differs && isOldEnough && isNewEnough;
};

const someOf = (etags: Etags | undefined): Etags | undefined => (etags === undefined || etags.length === 0 ? undefined : etags);

const names = (etags: Etags, etag: string, isWeakEnough: boolean): boolean =>
  etags.some((each) => each.type === 'wildcard' || (each.value === etag && (each.type === 'strong' || isWeakEnough)));
