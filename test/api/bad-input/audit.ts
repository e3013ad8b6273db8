import type { BadInput, World } from './world.ts';

const logs =
  (query: Readonly<Record<string, string | number>>) =>
  ({ api }: World) =>
    api.response('listAuditLogs', {}, { query });
const own =
  (query: string) =>
  ({ api }: World) =>
    api.send('GET', `/switchback/v1/audit?${query}`);

export const badAudits: readonly BadInput[] = [
  { what: 'logs since a word', send: logs({ since: 'yesterday' }) },
  { what: 'logs since a day that is none', send: logs({ since: '2026-02-30' }) },
  { what: 'logs before a time without its zone', send: logs({ before: '2026-11-21T08:00:00' }) },
  { what: 'logs from an address that is none', send: logs({ 'actor.ip': 'localhost' }) },
  { what: 'logs from a range that is none', send: logs({ 'actor.ip': '10.0.0.0/99' }) },
  { what: 'logs upwards', send: logs({ direction: 'up' }) },
  { what: 'logs as CSV', send: logs({ export: 'true' }) },
  { what: 'more logs than a page holds', send: logs({ per_page: 1001 }) },
  { what: 'a page of logs before the first', send: logs({ page: 0 }) },
  { what: 'several faults at once', send: logs({ since: 'now', page: 'one', direction: 'up' }) },
  { what: 'version 2 of the logs', send: ({ api }) => api.send('GET', `/client/v4/accounts/${api.api.account.id}/logs/audit`) },
  { what: 'our own list until a word', send: own('until=tomorrow') },
  { what: 'our own list, too much of it', send: own('per_page=5000') },
];
