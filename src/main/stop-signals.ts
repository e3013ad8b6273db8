/** npm hands one Ctrl-C on twice, a millisecond apart; only a later one is a person losing patience. */
const REPEAT_COUNTS_AFTER_MS = 1000;

const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The first signal asks for a stop, a later one insists on it. Answers how to listen no longer. */
export const onStopSignals = (stop: () => void, insist: (signal: NodeJS.Signals) => void): (() => void) => {
  let firstAt: number | undefined;
  const listener = (signal: NodeJS.Signals): void => {
    const now = performance.now();
    if (firstAt === undefined) {
      firstAt = now;
      stop();
    } else if (now - firstAt > REPEAT_COUNTS_AFTER_MS) insist(signal);
  };
  for (const signal of STOP_SIGNALS) process.on(signal, listener);
  return () => {
    for (const signal of STOP_SIGNALS) process.off(signal, listener);
  };
};
