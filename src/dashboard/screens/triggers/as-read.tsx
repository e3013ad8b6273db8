import { useEffect, useState } from 'react';
import { ApiFailure, onChange, useApi, type Call, type Change, type EndpointName, type Result } from '../../api/index.ts';
import { Banner, Button } from '../../parts/index.ts';

/** By what the audit log calls a trigger, and the actions that change it. */
type Trace = readonly [target: string, action: string];

/** How a form knows what it changes. */
export interface Family<Value> {
  /** All that the form shows or sets: where one of it is another, so is the trigger. */
  readonly factsOf: (value: Value) => readonly unknown[];
  readonly tracesOf: (value: Value) => readonly Trace[];
}

/** What a form changes, as the person read it, beside what it is now. */
export interface AsRead<Value> {
  /** What the form goes by. Undefined until it is read, and where it is another than the list said. */
  readonly was: Value | undefined;
  /** Of that, and sent along: where it is another by now, nothing is changed. */
  readonly tag: string | undefined;
  readonly now: Value | undefined;
  readonly isGone: boolean;
  readonly isChanged: boolean;
  /** Why it could not be read; undefined where it was. */
  readonly error: unknown;
  readonly again: () => void;
  /** Who changed it since, as far as it was heard. */
  readonly by: string;
  /** Goes by what it is now. */
  readonly follow: () => void;
  /** While the form does its own change that is not looked at. */
  readonly rest: (isResting: boolean) => void;
}

/** Who did last what was heard of since the form is open. */
export const useHeard = (traces: readonly Trace[]): { readonly by: string; readonly forget: () => void } => {
  const [heard, setHeard] = useState<readonly Change[]>([]);
  useEffect(() => onChange((change) => setHeard((before) => [...before.slice(-MOST_HEARD), change])), []);
  const last = heard.findLast((change) => traces.some(([target, action]) => change.target === target && change.action.startsWith(action)));
  return { by: last?.actor.email ?? 'Somebody', forget: () => setHeard([]) };
};

const MOST_HEARD = 100;

/**
 * Reads one trigger for a form that is open: first as it is when that opens, then as it becomes. `listed` is what the form was opened
 * with; a list may be old. Where there is none, or while it is not ready, nothing is read.
 */
export const useAsRead = <Name extends EndpointName>(
  name: Name,
  options: Call<Name>,
  { factsOf, tracesOf }: Family<Result<Name>>,
  listed: Result<Name> | undefined,
  isReady = true,
): AsRead<Result<Name>> => {
  const [isResting, rest] = useState(false);
  const isAsked = listed !== undefined && isReady;
  const asked = useApi(name, options, { enabled: isAsked && !isResting, staleTime: 0 });
  const { data, error, isSuccess, isFetchedAfterMount } = asked;
  const isGone = isAsked && error instanceof ApiFailure && error.status === 404;
  const present = isAsked && isFetchedAfterMount && isSuccess ? data : undefined;
  const [seen, setSeen] = useState<typeof data>();
  const isAsListed = present !== undefined && listed !== undefined && isSame(factsOf(present.result), factsOf(listed));
  if (seen === undefined && present !== undefined && isAsListed) setSeen(present);
  const was = seen ?? (isAsListed ? present : undefined);
  const { by, forget } = useHeard([listed, was?.result, present?.result].flatMap((value) => (value === undefined ? [] : tracesOf(value))));
  return {
    was: was?.result,
    tag: was?.etag,
    now: isGone ? undefined : present?.result,
    isGone,
    isChanged: isGone || (present !== undefined && present.etag !== was?.etag),
    error: was === undefined && present === undefined && !isGone ? (error ?? undefined) : undefined,
    again: () => void asked.refetch(),
    by,
    follow: () => {
      setSeen(present);
      forget();
    },
    rest,
  };
};

const isSame = (some: readonly unknown[], others: readonly unknown[]): boolean =>
  some.length === others.length && some.every((each, index) => each === others[index]);

interface ChangedProps {
  readonly read: AsRead<unknown>;
  /** What it is now, in a sentence. */
  readonly children: string;
}

/** Somebody changed meanwhile what the form is about: nothing is done over it before this is answered. */
export const Changed = ({ read: { by, follow, isGone }, children }: ChangedProps) => (
  <Banner
    action={
      isGone ? undefined : (
        <Button isSmall onClick={follow}>
          Go by what it is now
        </Button>
      )
    }
  >
    <strong className="strong">{`${by} ${isGone ? 'removed' : 'changed'} this while you were here.`}</strong>{' '}
    {isGone ? 'It is gone.' : children}
  </Banner>
);
