import type { InvocationRecord } from '../record.ts';
import { Logpush } from './logpush.ts';
import { OPEN } from './testing.ts';
import type { LogpushOrder } from './wire.ts';

/** What a test asks of Logpush in a process of its own, which it kills. */
export type Asked = { readonly order: LogpushOrder } | { readonly take: readonly InvocationRecord[] };

const [, , folder = ''] = process.argv;
const logpush = new Logpush({ folder, spoolBytes: 64_000_000, rules: OPEN, log: () => {} });

process.on('message', (asked: Asked) => {
  if ('order' in asked) return void logpush.order(asked.order).then(() => process.send?.('done'));
  for (const record of asked.take) logpush.take(record);
  // What was taken is written at the end of this turn.
  setImmediate(() => setImmediate(() => process.send?.('done')));
});
