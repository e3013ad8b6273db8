import { useState } from 'react';
import { call, useApi } from '../../api/index.ts';
import { Bones, Button, Loaded } from '../../parts/index.ts';
import type { Worker } from '../worker/worker.ts';
import { FormDialog } from './form-dialog.tsx';
import { Rows, Section } from './section.tsx';
import { useDialog } from './use-dialog.ts';

type Which = 'workers.dev' | 'version URLs';

/** The Worker's own name under workers.dev, and the names of its versions. */
export const Addresses = ({ worker, level = 'h2' }: { readonly worker: Worker; readonly level?: 'h2' | 'h3' }) => {
  const { name } = worker;
  const read = useApi('getSubdomain', { params: { script_name: name } });
  const newest = useApi('getWorkerVersion', { params: { worker: name, version_id: 'latest' } }, { enabled: worker.version_count > 0 });
  const dialog = useDialog('address');
  const versionUrl = newest.data?.result.urls[0];
  const which: Which = dialog.of === 'versions' ? 'version URLs' : 'workers.dev';
  return (
    <Section title="workers.dev and version URLs" level={level}>
      <Loaded from={read} bones={<Bones lines={[90, 90]} />} what="The addresses did not load.">
        {({ result }) => (
          <>
            <Rows heads={['Address', 'Opens']}>
              <tr>
                <th scope="row">workers.dev</th>
                <td>
                  {worker.hosts.workers_dev === null ? (
                    <span className="third">Off: the name answers with an error.</span>
                  ) : (
                    <Address url={worker.hosts.workers_dev} />
                  )}
                </td>
                <td className="r">
                  <Button isSmall onClick={() => dialog.open('edit', 'workers-dev')}>
                    {result.enabled ? 'Turn off' : 'Turn on'}
                    <span className="visually-hidden"> workers.dev</span>
                  </Button>
                </td>
              </tr>
              <tr>
                <th scope="row">Version URLs</th>
                <td>
                  {result.previews_enabled ? (
                    <>
                      <span className="second">Each version by a name of its own. The newest: </span>
                      {versionUrl !== undefined && <Address url={versionUrl} />}
                    </>
                  ) : (
                    <span className="third">Off: a version answers only where it serves.</span>
                  )}
                </td>
                <td className="r">
                  <Button isSmall onClick={() => dialog.open('edit', 'versions')}>
                    {result.previews_enabled ? 'Turn off' : 'Turn on'}
                    <span className="visually-hidden"> version URLs</span>
                  </Button>
                </td>
              </tr>
            </Rows>
            {dialog.opened === 'edit' && <Switch name={name} which={which} now={result} onClose={dialog.close} />}
          </>
        )}
      </Loaded>
    </Section>
  );
};

export const Address = ({ url }: { readonly url: string }) => (
  <a href={url} className="link" target="_blank" rel="noreferrer">
    {new URL(url).host}
  </a>
);

interface SwitchProps {
  readonly name: string;
  readonly which: Which;
  readonly now: { readonly enabled: boolean; readonly previews_enabled: boolean };
  readonly onClose: () => void;
}

const CONSEQUENCES = {
  'workers.dev': {
    on: 'Whoever knows the name can open the Worker.',
    off: 'Who opens that name gets an error from then on. Routes and custom domains go on.',
  },
  'version URLs': {
    on: 'Whoever knows the URL of a version can open it, deployed or not.',
    off: 'A version that gets no traffic can then be opened by nobody.',
  },
} as const;

/** The API must be told of both: the other one stays as it is now. */
const withVersionUrls = async (params: { readonly script_name: string }, isOn: boolean) => {
  const { result } = await call('getSubdomain', { params });
  return { enabled: result.enabled, previews_enabled: isOn };
};

const Switch = ({ name, which, now, onClose }: SwitchProps) => {
  // What it asks stays what it asked when it was opened, whoever turns it meanwhile.
  const [isOn] = useState(which === 'workers.dev' ? now.enabled : now.previews_enabled);
  const words = `Turn ${isOn ? 'off' : 'on'} ${which}`;
  return (
    <FormDialog
      title={words}
      button={words}
      working="Turning it"
      refused="Not changed."
      name={name}
      why={undefined}
      hasTyped={false}
      onClose={onClose}
      act={async () => {
        const params = { script_name: name };
        await call('postSubdomain', { params, body: which === 'workers.dev' ? { enabled: !isOn } : await withVersionUrls(params, !isOn) });
        return `${which} ${which === 'workers.dev' ? 'is' : 'are'} ${isOn ? 'off' : 'on'}.`;
      }}
    >
      <p>{CONSEQUENCES[which][isOn ? 'off' : 'on']}</p>
    </FormDialog>
  );
};
