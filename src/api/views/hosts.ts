import type { CustomDomain, Route, Schedule, Zone } from '../../store/index.ts';

export const routeView = (route: Route) => ({
  id: route.id,
  pattern: route.pattern,
  ...(route.script === null ? {} : { script: route.script }),
});

export const zonedRouteView = (route: Route, zoneName: string) => ({ ...routeView(route), zone_name: zoneName });

export const domainView = (domain: CustomDomain, zoneName: string) => ({
  id: domain.id,
  hostname: domain.hostname,
  service: domain.script,
  environment: 'production' as const,
  zone_id: domain.zoneId,
  zone_name: zoneName,
  enabled: domain.enabled,
  previews_enabled: domain.previewsEnabled,
  cert_id: '' as const,
});

export type DomainView = ReturnType<typeof domainView>;

export const zoneView = (zone: Zone, accountId: string) => ({
  id: zone.id,
  name: zone.name,
  status: 'active' as const,
  type: 'full' as const,
  created_on: zone.createdOn,
  account: { id: accountId, name: 'Switchback' },
});

export const schedulesView = (schedules: readonly Schedule[]) => ({
  schedules: schedules.map(({ cron, createdOn, modifiedOn }) => ({ cron, created_on: createdOn, modified_on: modifiedOn })),
});
