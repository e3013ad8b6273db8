import { Dicer } from '@fastify/busboy';
import type { Bytes } from './bounded.ts';
import { type Part, type PartHeader, partHeaderFrom, type RawHeader } from './part.ts';
import { FormRefused, malformed, type FormLimits } from './refusal.ts';

/** Above what any client sends, below what would cost. */
const MOST_HEADERS = 16;

/**
 * Hands each part of a multipart body to `keep`, one after the other, and holds no more of it than a few chunks. The
 * first thing that goes wrong ends the reading: parts still open fail with it, so whoever stores them can clean up.
 *
 * Busboy's own front drops a part with an unreadable header without a word; its parser (Dicer) lets us refuse it.
 */
export const readParts = async (body: Bytes, boundary: string, limits: FormLimits, keep: (part: Part) => Promise<void>): Promise<void> => {
  const parser = new Dicer({ boundary, maxHeaderPairs: MOST_HEADERS });
  const brake = makeBrake();
  const opened: Dicer.PartStream[] = [];
  let isHeaderDue = false;
  let kept = Promise.resolve();

  const begin = (stream: Dicer.PartStream): void => {
    // A part that is read no further, because it could not be kept, is aborted by Node: why comes from `kept`.
    stream.on('error', (cause) => void (cause.name !== 'AbortError' && brake.pull(cause)));
    opened.push(stream);
    if (isHeaderDue) throw headless();
    if (opened.length > limits.parts) throw new FormRefused({ code: 'too_many_parts', limit: limits.parts });
    isHeaderDue = true;
  };
  const queue = (header: PartHeader, stream: Dicer.PartStream): void => {
    isHeaderDue = false;
    kept = kept.then(() => keep({ ...header, body: stream }));
    kept.catch((cause: unknown) => brake.pull(cause));
  };
  parser.on('part', (stream) => {
    begin(stream);
    // Dicer types a header as `object`: it is a null-prototype record of string lists.
    stream.on('header', (header) => queue(partHeaderFrom(header as RawHeader, limits.partNameBytes), stream));
  });
  parser.on('error', () => brake.pull(malformed('the body ends before its closing boundary')));
  // Dicer pauses at a part whose buffer is full, and calls back once it is read on or has ended. After the closing
  // boundary it does not: the end of the last part only makes it finish. Whatever waits then, waits for `finish`.
  let isParsed = false;
  let release: (() => void) | undefined;
  parser.once('finish', () => {
    isParsed = true;
    release?.();
  });
  const orParsed = (action: (done: () => void) => void): Promise<void> =>
    brake.orDone((done) => {
      release = done;
      action(done);
    });

  try {
    for await (const chunk of body) if (!isParsed) await orParsed((done) => parser.write(chunk, () => done()));
    if (!isParsed) await orParsed(() => parser.end());
    if (isHeaderDue) throw headless();
    await kept;
  } catch (thrown) {
    const cause = brake.pull(thrown);
    for (const stream of opened) stream.destroy(cause);
    await kept.catch(() => undefined);
    throw cause;
  }
};

const headless = (): FormRefused => malformed('a part has no header');

interface Brake {
  /** Remembers the first cause and answers it. */
  pull(cause: unknown): Error;
  /** Waits for `done` to be called or the brake to be pulled; what the parser throws is the fault of the body. */
  orDone(action: (done: () => void) => void): Promise<void>;
}

/** Lets a failure anywhere end a wait that its cause would otherwise leave hanging. */
const makeBrake = (): Brake => {
  let first: Error | undefined;
  let interrupt: ((cause: Error) => void) | undefined;
  const pull = (cause: unknown): Error => {
    first ??= cause instanceof Error ? cause : new Error('An upload could not be read', { cause });
    interrupt?.(first);
    return first;
  };
  const orDone = (action: (done: () => void) => void): Promise<void> =>
    new Promise((resolve, reject) => {
      if (first !== undefined) return reject(first);
      interrupt = reject;
      try {
        action(resolve);
      } catch (thrown) {
        reject(thrown instanceof FormRefused ? thrown : malformed('its boundaries do not enclose parts'));
      }
    });
  return { pull, orDone };
};
