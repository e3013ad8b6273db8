import type { TestApi } from '../../support/api.ts';
import type { Rows } from './row.ts';

/** A Worker, a zone named after it, and another Worker that has `taken` of that zone. */
const aZone = async (api: TestApi, name: string) => {
  const zone = `${name}.example`;
  const { id: zone_id } = await api.ok('createZone', {}, { json: { name: zone } });
  await api.upload(name);
  await api.upload(`${name}-other`);
  const taken = await api.ok('createRoute', { zone_id }, { json: { pattern: `${zone}/taken`, script: `${name}-other` } });
  const held = await api.ok('putDomain', {}, { json: { hostname: `taken.${zone}`, service: `${name}-other`, zone_id } });
  return { zone, zone_id, taken, held };
};

/** Tokens, and how requests find Workers. */
export const changesOfHosts: Rows<
  | 'createToken'
  | 'revokeToken'
  | 'putAccountSubdomain'
  | 'postSubdomain'
  | 'deleteSubdomain'
  | 'putSchedules'
  | 'putScriptRoutes'
  | 'putDomainRecords'
  | 'putDomain'
  | 'deleteDomain'
  | 'createZone'
  | 'deleteZone'
  | 'createRoute'
  | 'putRoute'
  | 'deleteRoute'
> = {
  createToken: (_api, name) => ({ done: [{}, { json: { name } }], refused: [{}, { json: { name: 'ada' } }] }),
  revokeToken: async (api, name) => {
    const { id: token_id } = await api.ok('createToken', {}, { json: { name } });
    return { done: [{ token_id }], refused: [{ token_id: 'none' }] };
  },
  putAccountSubdomain: () => ({ done: [{}, { json: { subdomain: 'another' } }], refused: [{}, { json: { subdomain: 'not a label' } }] }),
  postSubdomain: async (api, script_name) => {
    await api.upload(script_name);
    return { done: [{ script_name }, { json: { enabled: true } }], refused: [{ script_name: 'nobody' }, { json: { enabled: true } }] };
  },
  deleteSubdomain: async (api, script_name) => {
    await api.upload(script_name);
    return { done: [{ script_name }], refused: [{ script_name: 'nobody' }] };
  },
  putSchedules: async (api, script_name) => {
    await api.upload(script_name, { code: 'export default { fetch: () => new Response(), scheduled() {} };' });
    return {
      done: [{ script_name }, { json: [{ cron: '0 * * * *' }] }],
      refused: [{ script_name }, { json: [{ cron: '0 * * * *' }, { cron: '61 * * * *' }] }],
    };
  },
  putScriptRoutes: async (api, script_name) => {
    const { zone } = await aZone(api, script_name);
    const free = [{ pattern: `${zone}/a` }, { pattern: `${zone}/b` }];
    return { done: [{ script_name }, { json: free }], refused: [{ script_name }, { json: [...free, { pattern: `${zone}/taken` }] }] };
  },
  putDomainRecords: async (api, script_name) => {
    const { zone } = await aZone(api, script_name);
    const origins = [{ hostname: `a.${zone}` }, { hostname: `taken.${zone}` }];
    return {
      done: [{ script_name }, { json: { origins, override_existing_origin: true } }],
      refused: [{ script_name }, { json: { origins } }],
    };
  },
  putDomain: async (api, service) => {
    const { zone, zone_id } = await aZone(api, service);
    return {
      done: [{}, { json: { hostname: `a.${zone}`, service, zone_id } }],
      refused: [{}, { json: { hostname: 'a.example.org', service, zone_id } }],
    };
  },
  deleteDomain: async (api, name) => {
    const { held } = await aZone(api, name);
    return { done: [{ domain_id: held.id }], refused: [{ domain_id: 'none' }] };
  },
  createZone: async (api, name) => {
    const { zone } = await aZone(api, name);
    return { done: [{}, { json: { name: `other-${zone}` } }], refused: [{}, { json: { name: zone } }] };
  },
  deleteZone: async (api, name) => {
    const { zone_id } = await aZone(api, name);
    return { done: [{ zone_id }], refused: [{ zone_id: 'none' }] };
  },
  createRoute: async (api, script) => {
    const { zone, zone_id } = await aZone(api, script);
    return {
      done: [{ zone_id }, { json: { pattern: `${zone}/a`, script } }],
      refused: [{ zone_id }, { json: { pattern: `${zone}/taken`, script } }],
    };
  },
  putRoute: async (api, script) => {
    const { zone, zone_id, taken } = await aZone(api, script);
    const json = { pattern: `${zone}/a`, script };
    return { done: [{ zone_id, route_id: taken.id }, { json }], refused: [{ zone_id, route_id: 'none' }, { json }] };
  },
  deleteRoute: async (api, name) => {
    const { zone_id, taken } = await aZone(api, name);
    return { done: [{ zone_id, route_id: taken.id }], refused: [{ zone_id, route_id: 'none' }] };
  },
};
