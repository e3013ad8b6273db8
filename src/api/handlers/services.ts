import { accept, refuse, type Result } from '../../base/index.ts';
import { deleteWorker } from '../../control/index.ts';
import type { serviceEndpoints } from '../../contract/index.ts';
import type { Refusal } from '../../domain/index.ts';
import type { Api, Handlers } from '../api.ts';
import { bindingView, environmentView, serviceView, zonedRouteView } from '../views/index.ts';
import { contentOf } from './content.ts';
import { serving, type Serving } from './found.ts';

interface EnvironmentParams {
  readonly script_name: string;
  readonly environment: string;
}

/** Clients of before 3.114 go on with a first deploy only when the service is missing by this code of its own. */
const service = async (api: Api, name: string): Promise<Result<Serving, Refusal>> => {
  const found = await serving(api, name);
  return found.ok ? found : refuse({ code: 'service_not_found', name });
};

const environment = (api: Api, params: EnvironmentParams): Promise<Result<Serving, Refusal>> =>
  params.environment === 'production'
    ? service(api, params.script_name)
    : Promise.resolve(refuse({ code: 'environment_not_found', environment: params.environment }));

export const services: Handlers<typeof serviceEndpoints> = {
  getService: async (api, { params }) => {
    const found = await service(api, params.script_name);
    return found.ok ? accept({ result: serviceView(found.value.worker, found.value.version) }) : found;
  },
  deleteService: async (api, { params, query, actor }) => {
    const deleted = await deleteWorker(api, actor, params.script_name, query.force === 'true');
    return deleted.ok ? accept({ result: null }) : deleted;
  },
  getEnvironment: async (api, { params }) => {
    const found = await environment(api, params);
    return found.ok ? accept({ result: environmentView(found.value.worker, found.value.version) }) : found;
  },
  getEnvironmentBindings: async (api, { params }) => {
    const found = await environment(api, params);
    return found.ok ? accept({ result: found.value.version?.bindings.map(bindingView) ?? [] }) : found;
  },
  getEnvironmentRoutes: async (api, { params }) => {
    const found = await environment(api, params);
    if (!found.ok) return found;
    const zones = new Map((await api.store.read.hosts.zones()).map(({ id, name }) => [id, name]));
    const routes = (await api.store.read.hosts.routes()).filter(({ script }) => script === params.script_name);
    return accept({ result: routes.map((route) => zonedRouteView(route, zones.get(route.zoneId) ?? '')) });
  },
  getEnvironmentSubdomain: async (api, { params }) => {
    const found = await environment(api, params);
    if (!found.ok) return found;
    const { workersDev, previews } = found.value.worker;
    return accept({ result: { enabled: workersDev, previews_enabled: previews } });
  },
  getEnvironmentContent: async (api, { params }) => {
    const found = await environment(api, params);
    return found.ok ? contentOf(api, params.script_name, undefined) : found;
  },
  listTailsByConsumer: async () => accept({ result: [] }),
};
