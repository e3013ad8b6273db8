import type { Readable } from 'node:stream';

const MOST_KEPT = 8 * 1024;
const LONGEST_LINE = 8 * 1024;
const MOST_LINES_A_SECOND = 500;

/** Reads what a process writes, with bounds on all of it (I9): answers a function giving the last 8 KB. */
export const readOutput = (stream: Readable, onLine: ((line: string) => void) | undefined): (() => string) => {
  let tail = '';
  let line = '';
  const say = onLine === undefined ? undefined : atMostPerSecond(onLine);
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    tail = (tail + chunk).slice(-MOST_KEPT);
    if (say === undefined) return;
    const parts = (line + chunk).split('\n');
    line = (parts.pop() ?? '').slice(0, LONGEST_LINE);
    for (const part of parts) if (part !== '') say(part.slice(0, LONGEST_LINE));
  });
  return () => tail;
};

/** A version that logs in a loop must not keep its edge busy. The lines left out are counted in the next one. */
const atMostPerSecond = (say: (line: string) => void): ((line: string) => void) => {
  let second = 0;
  let said = 0;
  return (line) => {
    const now = Math.floor(performance.now() / 1000);
    if (now !== second) {
      if (said > MOST_LINES_A_SECOND) say(`… ${said - MOST_LINES_A_SECOND} lines left out`);
      second = now;
      said = 0;
    }
    said += 1;
    if (said <= MOST_LINES_A_SECOND) say(line);
  };
};
