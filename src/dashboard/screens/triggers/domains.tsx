import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import { isZoneName } from '../../../domain/index.ts';
import { call, useApi, type Result } from '../../api/index.ts';
import { Banner, Bones, Loaded, RowMenu, TextField, useRested } from '../../parts/index.ts';
import { useAsRead, type Family } from './as-read.tsx';
import { FormDialog, RemoveDialog } from './form-dialog.tsx';
import { None, Rows, Section } from './section.tsx';
import { useDialog, useKept } from './use-dialog.ts';
import { ensureZone, useZones, zoneNameFor, zoneOf } from './zones.ts';

type Domain = Result<'listDomains'>[number];

/** Whole host names that are the Worker's. */
export const Domains = ({ name }: { readonly name: string }) => {
  const read = useApi('listDomains', {});
  const dialog = useDialog('domain');
  const own = read.data?.result.filter(({ service }) => service === name);
  const about = useKept(
    own?.find(({ id }) => id === dialog.of),
    dialog.of,
  );
  return (
    <Section title="Custom domains" count={own?.length} add={{ text: 'Add custom domain', onAdd: () => dialog.open('add') }}>
      <Loaded from={read} bones={<Bones lines={[90, 90]} />} what="Custom domains did not load.">
        {() => (
          <>
            {own?.length === 0 ? (
              <None>There is no custom domain. Every request to a custom domain comes to this Worker, whatever its path.</None>
            ) : (
              <Rows heads={['Host', 'Zone']}>
                {own?.map(({ id, hostname, zone_name: zone }) => (
                  <tr key={id} data-row>
                    <th scope="row">{hostname}</th>
                    <td className="second">{zone}</td>
                    <td className="r">
                      <RowMenu
                        name={`Menu of ${hostname}`}
                        items={[{ text: 'Remove', icon: Trash2, onSelect: () => dialog.open('remove', id) }]}
                      />
                    </td>
                  </tr>
                ))}
              </Rows>
            )}
            {dialog.opened === 'add' && <AddDomain name={name} onClose={dialog.close} />}
            {dialog.opened === 'remove' && about !== undefined && <RemoveDomain name={name} domain={about} onClose={dialog.close} />}
          </>
        )}
      </Loaded>
    </Section>
  );
};

const DOMAIN: Family<Result<'getDomain'>> = {
  factsOf: ({ hostname, service }) => [hostname, service],
  tracesOf: ({ hostname, service }) => [
    [`domain/${hostname}`, 'domain.'],
    [`worker/${service}`, 'domains.'],
  ],
};

const RemoveDomain = ({ name, domain, onClose }: { readonly name: string; readonly domain: Domain; readonly onClose: () => void }) => {
  const { id: domain_id, hostname } = domain;
  const read = useAsRead('getDomain', { params: { domain_id } }, DOMAIN, domain);
  return (
    <RemoveDialog
      what={hostname}
      name={name}
      onClose={onClose}
      read={read}
      nowIs={read.now === undefined ? '' : `Requests to ${hostname} come to ${read.now.service} now.`}
      act={() => call('deleteDomain', { params: { domain_id }, ifMatch: read.tag })}
    >
      Requests to {hostname} no longer come to {name}, unless a route matches them.
    </RemoveDialog>
  );
};

const AddDomain = ({ name, onClose }: { readonly name: string; readonly onClose: () => void }) => {
  const [typed, setTyped] = useState('');
  const zones = useZones();
  const hostname = typed.trim().toLowerCase();
  const isHost = isZoneName(hostname);
  const zone = zoneOf(hostname, zones.data?.result ?? []);
  const asked = useRested(hostname);
  // What the form says of who has it is what it sends along.
  const look = useApi('listDomains', { query: { hostname: asked } }, { enabled: isHost && asked === hostname, staleTime: 0 });
  const held = isHost && asked === hostname ? look.data : undefined;
  const holder = held?.result[0]?.service;
  const isWrong = hostname !== '' && !isHost;
  const why = !isHost
    ? isWrong
      ? 'What stands there is no host name.'
      : 'It needs a host name.'
    : held === undefined
      ? 'Looking whether a Worker has it.'
      : holder === name
        ? 'It has this one already.'
        : undefined;
  return (
    <FormDialog
      title="Add a custom domain"
      button={isHost ? `${holder === undefined ? 'Add' : 'Move'} ${hostname}` : 'Add it'}
      working="Adding"
      refused="Not added."
      name={name}
      why={why}
      hasTyped={typed !== ''}
      onClose={onClose}
      act={async () => {
        const zone_id = await ensureZone(zone, zoneNameFor(hostname));
        await call('putDomain', { body: { hostname, service: name, zone_id }, ifMatch: held?.etag });
        return `${hostname} comes to ${name}.`;
      }}
    >
      <TextField
        label="Host name"
        hint={
          !isHost || zone !== undefined
            ? 'One exact host, such as shop.example.com.'
            : `No zone holds it yet: ${zoneNameFor(hostname)} is made with it.`
        }
        fault={isWrong && asked === hostname ? 'Type one exact host, as shop.example.com: no path, no port and no *.' : undefined}
        placeholder="shop.example.com"
        data-first
        value={typed}
        onChange={({ target }) => setTyped(target.value)}
      />
      {holder !== undefined && holder !== name && (
        <Banner>
          <strong className="strong">It belongs to {holder}.</strong> It is taken from it, and all its requests come to {name}.
        </Banner>
      )}
      <p className="small second">
        The name must lead to this server in the DNS, and for HTTPS a certificate for it must be in the edge’s directory of certificates.
      </p>
    </FormDialog>
  );
};
