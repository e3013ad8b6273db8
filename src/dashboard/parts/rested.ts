import { useEffect, useState } from 'react';

/** The value as soon as it has not changed for so long: for what is asked, or said aloud, while somebody types or drags. */
export const useRested = <Value>(value: Value, restMs = 300): Value => {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = window.setTimeout(() => setRested(value), restMs);
    return () => window.clearTimeout(timer);
  }, [value, restMs]);
  return rested;
};
