import { relative, resolve } from 'node:path';
import type { TestEvent } from 'node:test/reporters';
import { inspect, styleText } from 'node:util';

type DataOf<Type extends TestEvent['type']> = Extract<TestEvent, { type: Type }>['data'];

/** Node counts the failed ones too; only its published types leave them out. */
type Counts = DataOf<'test:summary'>['counts'] & { readonly failed: number };

/** What a test wrote is shown only when its file failed, and no more of it than this. */
const MOST_OUTPUT = 20_000;

/** Node's own summary lines, in its order. */
const SUMMARY = [
  ['tests', 'tests'],
  ['suites', 'suites'],
  ['pass', 'passed'],
  ['fail', 'failed'],
  ['cancelled', 'cancelled'],
  ['skipped', 'skipped'],
  ['todo', 'todo'],
] as const;

/**
 * The report of a test run for people: a line for each file, each failure in full as it happens, everything that failed
 * once more by name, and the eight summary lines of Node's own reporter, summed over all runs it was given.
 */
export class Report {
  readonly #stream: NodeJS.WriteStream;
  readonly #failed: string[] = [];
  readonly #output = new Map<string, string>();
  readonly #summaries: Counts[] = [];
  #durationMs = 0;
  #isGreen = true;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  get isGreen(): boolean {
    return this.#isGreen;
  }

  heading(title: string): void {
    this.#line(styleText('bold', `\n▶ ${title}`, { stream: this.#stream }));
  }

  take(event: TestEvent): void {
    if (event.type === 'test:fail') this.#failure(event.data);
    if (event.type === 'test:summary') this.#summary(event.data);
    if (event.type === 'test:stdout' || event.type === 'test:stderr') this.#keepOutput(event.data.file ?? '', event.data.message);
  }

  end(): void {
    if (this.#failed.length > 0) this.#line(`\n${this.#red('Failed:')}\n${this.#failed.map((name) => `  ✖ ${name}`).join('\n')}`);
    this.#line('');
    for (const [name, count] of SUMMARY) this.#line(`ℹ ${name} ${this.#summaries.reduce((sum, counts) => sum + counts[count], 0)}`);
    this.#line(`ℹ duration_ms ${this.#durationMs}`);
  }

  #failure(test: DataOf<'test:fail'>): void {
    const isOwnFailure = (test.details.error as { failureType?: string }).failureType !== 'subtestsFailed';
    if (!isOwnFailure || test.todo !== undefined) return;
    const where = test.file === undefined ? '' : ` (${relative('', test.file)}:${test.line ?? 1})`;
    this.#failed.push(`${test.name}${where}`);
    const cause = test.details.error.cause ?? test.details.error;
    this.#line(`\n${this.#red(`✖ ${test.name}`)}${where}\n${indent(inspect(cause, { depth: 6 }))}\n`);
    // A file that fails as a whole (it does not load, it crashes) says why only on stderr, and gets no summary of its own.
    if (test.file !== undefined && resolve(test.name) === test.file) this.#showOutput(test.file);
  }

  #summary({ file, counts, duration_ms: durationMs, success }: DataOf<'test:summary'>): void {
    this.#isGreen &&= success;
    if (file !== undefined) {
      this.#fileLine(relative('', file), counts.tests, durationMs, success);
      if (!success) this.#showOutput(file);
      this.#output.delete(file);
      return;
    }
    this.#durationMs += durationMs;
    this.#summaries.push(counts as Counts);
  }

  #fileLine(file: string, tests: number, durationMs: number, success: boolean): void {
    const mark = success ? styleText('green', '✔', { stream: this.#stream }) : this.#red('✖');
    this.#line(`${mark} ${file}  ${styleText('dim', `${tests} tests, ${(durationMs / 1000).toFixed(1)} s`, { stream: this.#stream })}`);
  }

  #keepOutput(file: string, message: string): void {
    this.#output.set(file, ((this.#output.get(file) ?? '') + message).slice(-MOST_OUTPUT));
  }

  #showOutput(file: string): void {
    const output = this.#output.get(file);
    if (output !== undefined) this.#line(`  it wrote:\n${indent(output.trimEnd())}`);
  }

  #red(text: string): string {
    return styleText('red', text, { stream: this.#stream });
  }

  #line(text: string): void {
    this.#stream.write(`${text}\n`);
  }
}

const indent = (text: string): string => text.replaceAll(/^/gm, '    ');
