import { callApi } from './api-client.ts';
import { Failure } from './failure.ts';
import { findServer } from './server.ts';
import { say, sayJson, table } from './terminal.ts';

interface Zone {
  readonly id: string;
  readonly name: string;
}

interface Options {
  readonly data?: string;
  readonly json?: boolean;
}

/** The answers are Cloudflare's shapes, held by the API's own tests. */
export const addZone = async (name: string, { data, json }: Options): Promise<void> => {
  const server = await findServer(data);
  const zone = (await callApi(server, 'POST', '/client/v4/zones', { name, account: { id: server.account_id } })) as Zone;
  if (json) return sayJson(zone);
  say(`Added ${zone.name}. Routes and custom domains under it can now name Workers; point its DNS at the edge.`);
};

export const listZones = async ({ data, json }: Options): Promise<void> => {
  const zones = (await callApi(await findServer(data), 'GET', '/client/v4/zones')) as readonly Zone[];
  if (json) return sayJson(zones);
  if (zones.length === 0) return say('No zones yet: switchback zone add example.com');
  say(
    table(
      ['NAME', 'ID'],
      zones.map(({ name, id }) => [name, id]),
    ),
  );
};

export const deleteZone = async (nameOrId: string, { data, json }: Options): Promise<void> => {
  const server = await findServer(data);
  const zones = (await callApi(server, 'GET', '/client/v4/zones')) as readonly Zone[];
  const zone = zones.find(({ name, id }) => name === nameOrId.toLowerCase() || id === nameOrId);
  if (zone === undefined) throw new Failure(`There is no zone ${nameOrId}; see switchback zone list.`);
  await callApi(server, 'DELETE', `/client/v4/zones/${zone.id}`);
  if (json) return sayJson({ id: zone.id });
  say(`Deleted ${zone.name}.`);
};
