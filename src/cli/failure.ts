/** What a shell sees of a command that did not succeed. */
export const EXIT = { failed: 1, usage: 2, notRunning: 3 } as const;

/** A command that cannot go on: one sentence that says what happened, to what, and what to do. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly exitCode: number;

  constructor(sentence: string, exitCode: number = EXIT.failed) {
    super(sentence);
    this.exitCode = exitCode;
  }
}

export const notRunning = (sentence: string): Failure => new Failure(`${sentence} Start it with: switchback start`, EXIT.notRunning);
