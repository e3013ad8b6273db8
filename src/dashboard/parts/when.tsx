import { useEffect, useState } from 'react';
import { ago, exactly } from '../words/index.ts';

const EVERY_MS = 15_000;

/** The time, looked at again every quarter of a minute. */
export const useNow = (everyMs = EVERY_MS): Date => {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = window.setInterval(() => setNow(new Date()), everyMs);
    return () => window.clearInterval(timer);
  }, [everyMs]);
  return now;
};

/** `36 min ago`, with both exact times on hover. `as` says it in other words. */
export const When = ({ at, as = ago }: { readonly at: string; readonly as?: (at: Date, now: Date) => string }) => {
  const now = useNow();
  const date = new Date(at);
  return (
    <time dateTime={at} title={exactly(date)}>
      {as(date, now)}
    </time>
  );
};
