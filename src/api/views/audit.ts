import type { AuditEntry } from '../../store/index.ts';

/** An entry of the log in our own words. */
export const auditEntryView = ({ id, at, actor, actorIp, action, target, detail, zone }: AuditEntry) => ({
  id,
  at,
  actor: { ...actor, ...(actorIp === undefined ? {} : { ip: actorIp }) },
  action,
  target,
  detail,
  ...(zone === undefined ? {} : { zone }),
});

/** The same in Cloudflare's. */
export const auditLogView = (accountId: string, { id, at, actor, actorIp, action, target, detail, zone }: AuditEntry) => {
  const { source, ...metadata } = detail;
  const [type = '', ...rest] = target.split('/');
  return {
    id,
    action: { type: action, result: true as const, info: textOf(metadata['message'] ?? metadata['reason']) },
    actor: {
      ...actor,
      ...(actorIp === undefined ? {} : { ip: actorIp }),
      // Every client says, or is taken for, what it is; an edge is none.
      type: source === undefined ? ('Cloudflare' as const) : ('user' as const),
    },
    interface: textOf(source),
    metadata: { ...metadata, ...(zone === undefined ? {} : { zone_name: zone }) },
    newValue: '' as const,
    oldValue: '' as const,
    owner: { id: accountId },
    resource: { id: rest.join('/'), type },
    when: at,
  };
};

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
