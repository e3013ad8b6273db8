/** Checks a recorded run: `bin/node test/history/verdict.ts run.jsonl`. Ends with 1 where anything is wrong. */
import { check, report } from './check.ts';
import { readHistory } from './history.ts';

const [path] = process.argv.slice(2);
if (path === undefined) throw new Error('Say which recorded run: bin/node test/history/verdict.ts FILE');
const verdict = check(await readHistory(path));
console.log(report(verdict));
process.exitCode = verdict.faults.length === 0 ? 0 : 1;
