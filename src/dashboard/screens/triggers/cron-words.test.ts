import assert from 'node:assert/strict';
import test from 'node:test';
import { cronInWords } from './cron-words.ts';

test('[UI-69] common cron patterns are said in words; of others the next times tell', () => {
  const words: Readonly<Record<string, string | undefined>> = {
    '* * * * *': 'Every minute',
    '*/1 * * * *': 'Every minute',
    '*/15 * * * *': 'Every 15 minutes',
    '*/5 * * * MON-FRI': 'Every 5 minutes, Monday to Friday',
    '7 * * * *': 'Every hour at minute 7',
    '0 */6 * * *': 'Every 6 hours at minute 0',
    '5 9 * * *': 'Every day at 09:05 UTC',
    '0 5 * * 1': 'Every Sunday at 05:00 UTC',
    '0 5 * * sat': 'Every Saturday at 05:00 UTC',
    '0 5 * * 2-6': 'Monday to Friday at 05:00 UTC',
    '30 0 1 * *': 'On day 1 of each month at 00:30 UTC',
    '0 0 1 1 *': undefined,
    '0 0 L * *': undefined,
    '0,30 * * * *': undefined,
    '0 5 1 * 1': undefined,
    '0 5 * * 9': undefined,
  };
  for (const [cron, said] of Object.entries(words)) assert.equal(cronInWords(cron), said, cron);
});
