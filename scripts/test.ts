/**
 * Runs the tests: first those beside the code (src), then those of the whole product (test), last its faults.
 *
 *     npm test                      all of them
 *     npm test -- store rollback    the files whose path has one of these words in it
 *     npm test -- '[D-4]'           where no path has it: the tests whose name has it
 */
import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { run } from 'node:test';
import { Report } from './test-report.ts';

/** End-to-end tests start several processes each and wait for them about a third of the time; more at once only makes them late. */
const MOST_FILES_AT_ONCE = 3;
/** Of those that kill processes and hold what comes back to a promised time. */
const MOST_FAULTS_AT_ONCE = 2;
/** A file that takes longer hangs; without a bound it would hang the build with it. */
const FILE_TIMEOUT_MS = 12 * 60_000;

process.chdir(dirname(import.meta.dirname));
// Hundreds of processes load the same code: compiled once, it is there for all of them.
process.env['NODE_COMPILE_CACHE'] ??= join(process.cwd(), 'node_modules', '.cache', 'tests');

const parts = [
  { title: 'beside the code', files: globSync('src/**/*.test.ts'), atOnce: MOST_FILES_AT_ONCE },
  {
    title: 'the whole product',
    files: globSync('test/**/*.test.ts', { exclude: ['test/clients/**', 'test/faults/**', '**/node_modules/**'] }),
    atOnce: MOST_FILES_AT_ONCE,
  },
  { title: 'what is killed and broken', files: globSync('test/faults/**/*.test.ts'), atOnce: MOST_FAULTS_AT_ONCE },
];
const words = process.argv.slice(2);
const isWanted = (file: string): boolean => words.some((word) => file.includes(word));
const hasPaths = parts.some(({ files }) => files.some(isWanted));
const namePatterns = words.length > 0 && !hasPaths ? words.map((word) => new RegExp(RegExp.escape(word), 'i')) : undefined;

const report = new Report(process.stdout);
for (const { title, files, atOnce } of parts) {
  const wanted = (hasPaths ? files.filter(isWanted) : files).toSorted();
  if (wanted.length === 0) continue;
  report.heading(`${title} (${wanted.length} files)`);
  const events = run({
    // Whole paths, because a file's output is reported under the path it was given by.
    files: wanted.map((file) => resolve(file)),
    concurrency: Math.min(atOnce, availableParallelism() + 1),
    timeout: FILE_TIMEOUT_MS,
    execArgv: ['--disable-warning=ExperimentalWarning'],
    ...(namePatterns === undefined ? {} : { testNamePatterns: namePatterns }),
  });
  for await (const event of events) report.take(event);
}
report.end();
process.exitCode = report.isGreen ? 0 : 1;
