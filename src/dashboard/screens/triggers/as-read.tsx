import { useEffect, useState } from 'react';
import { ApiFailure, onChange, useApi, type Call, type EndpointName, type Result } from '../../api/index.ts';
import { Banner, Button } from '../../parts/index.ts';

/** What a form changes, as the person read it, beside what it is now. */
export interface AsRead<Value> {
  /** What is sent along: where it is another by now, nothing is changed. */
  readonly tag: string | undefined;
  /** As it is now; null where it is gone. Undefined until it is read. */
  readonly now: Value | null | undefined;
  readonly isChanged: boolean;
  /** Who changed it since, as far as it was heard. */
  readonly by: string;
  /** Goes by what it is now. */
  readonly follow: () => void;
  /** While the form does its own change that is not looked at. */
  readonly rest: (isResting: boolean) => void;
}

type Family = 'route' | 'domain' | 'queue';

/** Reads one trigger for a form that is open: first as it is when that opens, then as it becomes. */
export const useAsRead = <Name extends EndpointName>(
  name: Name,
  options: Call<Name>,
  family: Family,
  isAsked = true,
): AsRead<Result<Name>> => {
  const [isResting, rest] = useState(false);
  const { data, error, isFetchedAfterMount } = useApi(name, options, { enabled: isAsked && !isResting, staleTime: 0 });
  const isGone = error instanceof ApiFailure && error.status === 404;
  const present = !isAsked || !isFetchedAfterMount ? undefined : isGone ? 'gone' : data?.etag;
  const [seen, setSeen] = useState<string>();
  const [by, setBy] = useState<string>();
  useEffect(() => onChange(({ action, actor }) => action.startsWith(`${family}.`) && setBy(actor.email)), [family]);
  if (seen === undefined && present !== undefined) setSeen(present);
  const tag = seen ?? present;
  return {
    tag,
    now: present === undefined ? undefined : isGone ? null : data?.result,
    isChanged: present !== undefined && tag !== undefined && tag !== present,
    by: by ?? 'Somebody',
    follow: () => setSeen(present),
    rest,
  };
};

interface ChangedProps {
  readonly read: AsRead<unknown>;
  /** What it is now, in a sentence. */
  readonly children: string;
}

/** Somebody changed meanwhile what the form is about: nothing is done over it before this is answered. */
export const Changed = ({ read: { by, follow, now }, children }: ChangedProps) => (
  <Banner
    action={
      now === null ? undefined : (
        <Button isSmall onClick={follow}>
          Go by what it is now
        </Button>
      )
    }
  >
    <strong className="strong">{by} changed this while you were here.</strong> {children}
  </Banner>
);
