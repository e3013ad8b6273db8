/**
 * Measures Switchback beside the bare runtime, in turns on the same machine in the same minutes.
 *
 *     npm run bench                          every row, about eight minutes
 *     npm run bench -- --only latency        one of them (repeatable)
 *     npm run bench -- --quick               the shortest form: for a look, not for figures to publish
 *     npm run bench -- --patience 10         on a shared machine: repeat disturbed rounds for up to 10 minutes a row
 *     npm run bench -- --json                one JSON document on stdout
 */
import { parseArgs, styleText } from 'node:util';
import { conditions, type Conditions } from './conditions.ts';
import type { Figure, Row } from './figure.ts';
import { tableOf } from './report.ts';
import { Run } from './run.ts';
import { abuse } from './rows/abuse.ts';
import { bindings } from './rows/bindings.ts';
import { coldStart } from './rows/cold-start.ts';
import { controlPlane } from './rows/control-plane.ts';
import { dashboard } from './rows/dashboard.ts';
import { latency } from './rows/latency.ts';
import { observe } from './rows/observe.ts';
import { observing } from './rows/observing.ts';
import { picking } from './rows/picking.ts';
import { recovery } from './rows/recovery.ts';
import { switching } from './rows/switching.ts';
import { tail } from './rows/tail.ts';
import { throughput } from './rows/throughput.ts';
import { upload } from './rows/upload.ts';

const ROWS: readonly Row[] = [
  throughput,
  latency,
  picking,
  switching,
  recovery,
  coldStart,
  upload,
  controlPlane,
  dashboard,
  bindings,
  observe,
  observing,
  tail,
  abuse,
];

interface RowResult {
  readonly name: string;
  readonly title: string;
  /** Cores that other processes of the machine used meanwhile. */
  readonly othersUsed: number | undefined;
  readonly seconds: number;
  /** With what it was measured, and what was left out. */
  readonly told: readonly string[];
  readonly figures: readonly Figure[];
}

const measure = async (row: Row, isQuick: boolean, patienceMs: number): Promise<RowResult> => {
  using run = new Run({ isQuick, patienceMs, say: (progress) => note(`${row.name}: ${progress}`) });
  const startedAt = performance.now();
  const figures = await row.measure(run);
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  return { name: row.name, title: row.title, othersUsed: run.othersUsed(), seconds, told: run.told, figures };
};

const note = (text: string): void => void process.stderr.write(`${styleText('dim', text, { stream: process.stderr })}\n`);

const isKnown = (name: string): boolean => ROWS.some((row) => row.name === name);

const main = async (): Promise<void> => {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', multiple: true, default: [] },
      quick: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      patience: { type: 'string', default: '0' },
    },
  });
  const unknown = values.only.find((name) => !isKnown(name));
  if (unknown !== undefined) throw new Error(`There is no row ${unknown}. The rows are: ${ROWS.map(({ name }) => name).join(', ')}.`);
  const patienceMs = Number(values.patience) * 60_000;
  if (!(patienceMs >= 0)) throw new Error(`--patience takes minutes, and ${values.patience} is no number.`);
  const under = conditions();
  const results: RowResult[] = [];
  for (const row of ROWS.filter(({ name }) => values.only.length === 0 || values.only.includes(name))) {
    const result = await measure(row, values.quick, patienceMs);
    results.push(result);
    if (!values.json) print(result);
  }
  console.log(values.json ? JSON.stringify({ conditions: under, isQuick: values.quick, rows: results }, null, 2) : `\n${inOneLine(under)}`);
};

const print = ({ title, seconds, othersUsed, told, figures }: RowResult): void => {
  const others = othersUsed === undefined ? '' : `; others used ${othersUsed.toFixed(2)} cores meanwhile`;
  console.log(`\n${styleText('bold', title)}  ${styleText('dim', `${seconds} s${others}`)}\n\n${tableOf(figures)}`);
  if (told.length > 0) console.log(`\n${styleText('dim', told.join('\n'))}`);
};

const inOneLine = (under: Conditions): string =>
  Object.entries(under)
    .map(([name, value]) => `${name}: ${value}`)
    .join(' · ');

try {
  await main();
  process.exit(0);
} catch (error) {
  console.error(error instanceof Error ? (error.stack ?? error.message) : error);
  process.exit(1);
}
