import { useState } from 'react';
import { call, refresh, useApi, useAct, type Result } from '../../api/index.ts';
import { Banner, Button, Cancel, Dialog, Refusal, TextField, toast } from '../../parts/index.ts';
import { useAddress, useGo } from '../../shell/index.ts';
import { counted } from '../../words/index.ts';
import type { Worker } from '../worker/worker.ts';

/** The one thing here that nothing brings back. */
export const DeleteWorker = ({ worker }: { readonly worker: Worker }) => {
  const [{ dialog }, change] = useAddress();
  return (
    <section className="settings-section" aria-labelledby="delete">
      <div className="section-head">
        <h3 id="delete" className="heading">
          Delete the Worker
        </h3>
      </div>
      <p className="settings-none second">It takes its versions, deployments and addresses with it, and cannot be undone.</p>
      <Button kind="stop" onClick={() => change({ dialog: 'delete' })}>
        Delete {worker.name}
      </Button>
      {dialog === 'delete' && <DeleteDialog worker={worker} onClose={() => change({ dialog: undefined }, false)} />}
    </section>
  );
};

const named = (count: number, one: string): readonly string[] => (count === 0 ? [] : [counted(count, one)]);

/** What goes with it, as far as it has any. */
const goingWith = ({ version_count: versions, hosts }: Worker, classes: readonly string[]): string =>
  [
    ...named(versions, 'version'),
    'all deployments',
    ...named(hosts.domains.length, 'custom domain'),
    ...named(hosts.routes.length, 'route'),
    ...named(hosts.crons.length, 'cron trigger'),
    'its secrets and the logs of it',
    ...(classes.length === 0 ? [] : [`all Durable Objects of ${classes.join(', ')}`]),
  ].join(', ');

/** Who would miss it, by the API's own list. */
const missedBy = ({ services, durable_objects: objects }: Result<'getReferences'>, queues: readonly string[]): readonly string[] => [
  ...services.incoming.map(({ service, name }) => `${service} calls it as ${name}`),
  ...objects.map(({ service, durable_object_namespace_name: name }) => `${service} reaches the Durable Objects ${name}`),
  ...queues.map((queue) => `it consumes the queue ${queue}`),
];

const DeleteDialog = ({ worker, onClose }: { readonly worker: Worker; readonly onClose: () => void }) => {
  const [typed, setTyped] = useState('');
  const [isForced, setIsForced] = useState(false);
  const go = useGo();
  const references = useApi('getReferences', { params: { script_name: worker.name } });
  const namespaces = useApi('listDurableObjectNamespaces', { query: { per_page: 1000 } });
  const classes = namespaces.data?.result.filter(({ script }) => script === worker.name).map(({ class: name }) => name) ?? [];
  const missed = references.data === undefined ? [] : missedBy(references.data.result, worker.hosts.queues);
  const isNamed = typed === worker.name;
  const deleted = useAct({
    mutationFn: () => call('deleteScript', { params: { script_name: worker.name }, query: isForced ? { force: 'true' } : {} }),
    onSuccess: async () => {
      go('/');
      toast({ text: `${worker.name} is deleted.` });
      await refresh(undefined);
    },
  });
  const why = isNamed
    ? missed.length > 0 && !isForced
      ? 'Others would miss it: say that it is to go all the same.'
      : undefined
    : 'Type its name first.';
  return (
    <Dialog
      title={`Delete ${worker.name}`}
      width="small"
      hasTyped={typed !== ''}
      onClose={onClose}
      onSubmit={() => deleted.mutate()}
      foot={
        <>
          <p>{why ?? 'It cannot be undone.'}</p>
          <Cancel />
          <Button kind="stop" type="submit" why={why} working={deleted.isPending ? 'Deleting' : undefined}>
            Delete {worker.name}
          </Button>
        </>
      }
    >
      <div className="settings-form">
        {deleted.isError && <Refusal what="Not deleted." error={deleted.error} />}
        <p>With it go: {goingWith(worker, classes)}. What KV namespaces, databases, buckets and queues hold stays.</p>
        {missed.length > 0 && (
          <Banner>
            <strong className="strong">Others would miss it.</strong> {missed.join('; ')}.
          </Banner>
        )}
        {missed.length > 0 && (
          <label className="choice">
            <input type="checkbox" checked={isForced} onChange={({ target }) => setIsForced(target.checked)} />
            <span>Delete it all the same. What they ask of it fails then.</span>
          </label>
        )}
        <TextField label={`Type its name: ${worker.name}`} data-first value={typed} onChange={({ target }) => setTyped(target.value)} />
      </div>
    </Dialog>
  );
};
