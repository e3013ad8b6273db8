// Says how far a long step is: one line that updates on a terminal, a line now and then elsewhere (a CI log).

const TERMINAL_EVERY_MS = 250;
const LOG_EVERY_MS = 10_000;

/** Shows the step until `end(outcome)`. `measure` answers `{ done, total }` and is asked at every line. */
export function showProgress(step, measure, stream = process.stderr) {
  const startedAt = performance.now();
  const line = () => {
    const { done, total } = measure();
    return `${step}: ${done} of ${total} packages, ${Math.round((performance.now() - startedAt) / 1000)} s`;
  };
  const rewrite = () => stream.write(`\r\u001b[K${line()}`);
  const append = () => stream.write(`${line()}\n`);
  if (!stream.isTTY) stream.write(`${step} …\n`);
  const timer = setInterval(stream.isTTY ? rewrite : append, stream.isTTY ? TERMINAL_EVERY_MS : LOG_EVERY_MS);
  return {
    end(outcome) {
      clearInterval(timer);
      stream.write(`${stream.isTTY ? '\r\u001b[K' : ''}${line()}, ${outcome}.\n`);
    },
  };
}
