import { accept } from '../../base/index.ts';
import type { auditEndpoints } from '../../contract/index.ts';
import { addressesWithin } from '../addresses-within.ts';
import type { Handlers } from '../api.ts';
import { pageInfo, pageOf } from '../page.ts';
import { auditLogView } from '../views/index.ts';

/** As many as Cloudflare answers where the client names no number. */
const A_PAGE = 100;

export const auditLogs: Handlers<typeof auditEndpoints> = {
  listAuditLogs: async (api, { query }) => {
    const page = pageOf(query, A_PAGE);
    const range = query['actor.ip'];
    const { entries, total } = await api.store.snapshot(async ({ audit }) => {
      const filter = {
        id: query.id,
        actor: query['actor.email'],
        actorIps: range === undefined ? undefined : addressesWithin(range, await audit.actorIps()),
        action: query['action.type'],
        zone: query['zone.name']?.toLowerCase(),
        since: query.since,
        before: query.before,
      };
      return { entries: await audit.page({ ...page, oldestFirst: query.direction === 'asc' }, filter), total: await audit.count(filter) };
    });
    return accept({
      result: entries.map((entry) => auditLogView(api.account.id, entry)),
      resultInfo: pageInfo(page, entries.length, total),
    });
  },
};
