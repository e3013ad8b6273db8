import { Pencil, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { parseRoutePattern } from '../../../domain/index.ts';
import { call, useApi, type Result } from '../../api/index.ts';
import { Bones, Loaded, RowMenu, SelectField, TextField } from '../../parts/index.ts';
import { useAsRead, type AsRead, type Family } from './as-read.tsx';
import { FormDialog, RemoveDialog } from './form-dialog.tsx';
import { None, Rows, Section } from './section.tsx';
import { useDialog, useKept } from './use-dialog.ts';
import { ensureZone, hostIn, useZones, zoneNameFor, zoneOf, type Zone } from './zones.ts';

type Route = Result<'getEnvironmentRoutes'>[number];

/** Patterns of host and path whose requests come to the Worker. */
export const Routes = ({ name }: { readonly name: string }) => {
  const params = { script_name: name, environment: 'production' };
  const read = useApi('getEnvironmentRoutes', { params, query: { show_zonename: 'true' } });
  const zonesRead = useZones();
  const zones = zonesRead.data?.result ?? [];
  const dialog = useDialog('route');
  const about = useKept(
    read.data?.result.find(({ id }) => id === dialog.of),
    dialog.of,
  );
  const zoneId = useKept(zones.find((zone) => zone.name === about?.zone_name)?.id, dialog.of);
  const zoned = about && { ...about, zoneId, zoneError: zonesRead.error ?? undefined, againZones: () => void zonesRead.refetch() };
  return (
    <Section title="Routes" count={read.data?.result.length} add={{ text: 'Add route', onAdd: () => dialog.open('add') }}>
      <Loaded from={read} bones={<Bones lines={[90, 90]} />} what="Routes did not load.">
        {({ result }) =>
          result.length === 0 ? (
            <None>There is no route. A route takes the requests of a zone that match a pattern, such as shop.example.com/cart*.</None>
          ) : (
            <Rows heads={['Pattern', 'Zone']}>
              {result.map(({ id, pattern, zone_name: zone }) => (
                <tr key={id} data-row>
                  <th scope="row" className="mono">
                    {pattern}
                  </th>
                  <td className="second">{zone}</td>
                  <td className="r">
                    <RowMenu
                      name={`Menu of ${pattern}`}
                      items={[
                        { text: 'Change', icon: Pencil, onSelect: () => dialog.open('edit', id) },
                        { text: 'Remove', icon: Trash2, isApart: true, onSelect: () => dialog.open('remove', id) },
                      ]}
                    />
                  </td>
                </tr>
              ))}
            </Rows>
          )
        }
      </Loaded>
      {dialog.opened === 'add' && <RouteDialog name={name} zones={zones} onClose={dialog.close} />}
      {dialog.opened === 'edit' && zoned !== undefined && (
        <RouteDialog key={zoned.id} name={name} zones={zones} before={zoned} onClose={dialog.close} />
      )}
      {dialog.opened === 'remove' && zoned !== undefined && <RemoveRoute name={name} route={zoned} onClose={dialog.close} />}
    </Section>
  );
};

/** The list names the zone of a route; the API asks for its id. */
interface ZonedRoute extends Route {
  readonly zoneId: string | undefined;
  readonly zoneError: unknown;
  readonly againZones: () => void;
}

const paramsOf = (route: ZonedRoute | undefined) => ({ zone_id: route?.zoneId ?? '', route_id: route?.id ?? '' });

const ROUTE: Family<Result<'getRoute'>> = {
  factsOf: ({ pattern, script }) => [pattern, script ?? null],
  tracesOf: ({ pattern, script }) => [
    [`route/${pattern}`, 'route.'],
    ...(script == null ? [] : [[`worker/${script}`, 'routes.'] as const]),
  ],
};

const useRouteAsRead = (route: ZonedRoute | undefined): AsRead<Result<'getRoute'>> => {
  const read = useAsRead('getRoute', { params: paramsOf(route) }, ROUTE, route, route?.zoneId !== undefined);
  return route === undefined || route.zoneId !== undefined ? read : { ...read, error: route.zoneError, again: route.againZones };
};

const nowIs = (route: Result<'getRoute'> | undefined): string =>
  route === undefined
    ? ''
    : `Requests that match ${route.pattern} ${route.script == null ? 'come to no Worker' : `come to ${route.script}`} now.`;

const RemoveRoute = ({ name, route, onClose }: { readonly name: string; readonly route: ZonedRoute; readonly onClose: () => void }) => {
  const read = useRouteAsRead(route);
  return (
    <RemoveDialog
      what={route.pattern}
      name={name}
      onClose={onClose}
      read={read}
      nowIs={nowIs(read.now)}
      act={() => call('deleteRoute', { params: paramsOf(route), ifMatch: read.tag })}
    >
      Requests that match {route.pattern} no longer come to {name}, unless another of its addresses matches them.
    </RemoveDialog>
  );
};

interface RouteDialogProps {
  readonly name: string;
  readonly zones: readonly Zone[];
  readonly before?: ZonedRoute;
  readonly onClose: () => void;
}

/** A route stays in its zone; a new one goes to the zone of its host, which is made where there is none. */
const RouteDialog = ({ name, zones, before, onClose }: RouteDialogProps) => {
  const [typed, setTyped] = useState<string>();
  const [chosen, setChosen] = useState('');
  const read = useRouteAsRead(before);
  const present = read.was?.pattern ?? before?.pattern ?? '';
  const pattern = typed ?? present;
  const parsed = parseRoutePattern(pattern.trim());
  const host = hostIn(pattern.trim());
  const found = zones.find(({ id }) => id === chosen) ?? zoneOf(host, zones);
  // A pattern of any host says nothing about its zone.
  const mustChoose = before === undefined && parsed.ok && host === '' && found === undefined;
  const isEmpty = pattern.trim() === '';
  const why = parsed.ok
    ? mustChoose
      ? 'It needs a zone.'
      : undefined
    : isEmpty
      ? 'It needs a pattern.'
      : 'What stands there is no pattern.';
  return (
    <FormDialog
      title={before === undefined ? 'Add a route' : `Change ${before.pattern}`}
      button={parsed.ok ? `${before === undefined ? 'Add' : 'Change to'} ${pattern.trim()}` : before === undefined ? 'Add it' : 'Change it'}
      working={before === undefined ? 'Adding' : 'Changing'}
      refused={before === undefined ? 'Not added.' : 'Not changed.'}
      name={name}
      why={why}
      hasTyped={pattern !== present}
      {...(before !== undefined && { read, nowIs: nowIs(read.now) })}
      onClose={onClose}
      act={async () => {
        const body = { pattern: pattern.trim(), script: name };
        if (before !== undefined) await call('putRoute', { params: paramsOf(before), body, ifMatch: read.tag });
        else await call('createRoute', { params: { zone_id: await ensureZone(found, zoneNameFor(host)) }, body });
        return `Requests to ${body.pattern} come to ${name}.`;
      }}
    >
      <TextField
        label="Pattern"
        hint={
          before === undefined && found === undefined && host !== ''
            ? `No zone holds it yet: ${zoneNameFor(host)} is made with it.`
            : 'Host and path. * may begin the host and end the path; without it only that very path matches.'
        }
        fault={parsed.ok || isEmpty ? undefined : `It is no pattern: ${parsed.refusal.reason}.`}
        placeholder="shop.example.com/cart*"
        className="input mono"
        data-first
        value={pattern}
        onChange={({ target }) => setTyped(target.value)}
      />
      {before === undefined && parsed.ok && host === '' && (
        <SelectField
          label="Zone"
          value={chosen}
          of={[['', 'Choose a zone'], ...zones.map((zone) => [zone.id, zone.name] as const)]}
          onChange={({ target }) => setChosen(target.value)}
        />
      )}
      <p className="small second">
        Of several routes that match a request the most specific one has it. Where a route matches, a custom domain is not asked.
      </p>
    </FormDialog>
  );
};
