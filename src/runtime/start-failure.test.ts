import assert from 'node:assert/strict';
import test from 'node:test';
import { failureFrom, type StartFailureKind } from './start-failure.ts';

// What workerd 1.20261117.1 wrote in each of these cases.
const CASES: readonly { readonly stderr: string; readonly kind: StartFailureKind; readonly message: string }[] = [
  {
    stderr: 'service main: Uncaught TypeError: broken at start\nsecond line\n  at index.js:1:24 in boom\n  at index.js:2:1\n',
    kind: 'threw',
    message: 'Uncaught TypeError: broken at start\nsecond line\n  at index.js:1:24 in boom\n  at index.js:2:1',
  },
  {
    stderr: 'service main: Uncaught Error: No such module "nope.js".\n  imported from "index.js"\n',
    kind: 'threw',
    message: 'Uncaught Error: No such module "nope.js".\n  imported from "index.js"',
  },
  {
    stderr:
      'service main: Uncaught Error: x\n  at main:1:20 in f\nservice main: No event handlers were registered. This script does nothing.\n',
    kind: 'threw',
    message: 'Uncaught Error: x\n  at main:1:20 in f',
  },
  {
    stderr: 'service main: No event handlers were registered. This script does nothing.\n',
    kind: 'nothing_registered',
    message: 'No event handlers were registered. This script does nothing.',
  },
  {
    stderr: 'service main: No such compatibility flag: nosuch\n',
    kind: 'no_such_runtime_feature',
    message: 'No such compatibility flag: nosuch',
  },
  {
    stderr:
      'service main: This Worker requires compatibility date "2027-01-01", but the newest date supported by this server binary is "2026-11-24".\n' +
      `service main: Can't set compatibility date in the future: "2027-01-01". Today's date (UTC) is "2026-11-21".\n`,
    kind: 'no_such_runtime_feature',
    message: 'This Worker requires compatibility date "2027-01-01", but the newest date supported by this server binary is "2026-11-24".',
  },
  {
    stderr:
      'workerd/jsg/setup.c++:44: fatal: V8 fatal error; location = CALL_AND_RETRY_LAST; message = : allocation failed: JavaScript heap out of memory\n',
    kind: 'out_of_memory',
    message: 'Script startup exceeded memory limits.',
  },
  {
    stderr:
      'service main: The compatibility flag nodejs_compat became the default as of 2026-08-04 so does not need to be specified anymore.\nbind: Address already in use\n',
    kind: 'not_started',
    message: 'The runtime ended with code 1 before the version answered: bind: Address already in use',
  },
  { stderr: '', kind: 'not_started', message: 'The runtime ended with code 1 before the version answered.' },
];

for (const { stderr, kind, message } of CASES) {
  test(`[X-4] what workerd says is told on as ${kind}: ${message.split('\n')[0]}`, () => {
    const failure = failureFrom(stderr, 'ended with code 1');
    assert.deepEqual({ kind: failure.kind, message: failure.message }, { kind, message });
  });
}
