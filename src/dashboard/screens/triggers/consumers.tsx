import { Pencil, Trash2 } from 'lucide-react';
import { call, useApi } from '../../api/index.ts';
import { Bones, Loaded, RowMenu } from '../../parts/index.ts';
import { counted } from '../../words/index.ts';
import { batchesOf, failureOf, familyOf, nowIs, paramsOf, type Consumed } from './consumed.ts';
import { ConsumerDialog } from './consumer-dialog.tsx';
import { useAsRead } from './as-read.tsx';
import { RemoveDialog } from './form-dialog.tsx';
import { None, Rows, Section } from './section.tsx';
import { useDialog, useKept } from './use-dialog.ts';

/** Queues whose messages the Worker gets. */
export const Consumers = ({ name }: { readonly name: string }) => {
  const read = useApi('listQueues', { query: { per_page: 1000 } });
  const dialog = useDialog('consumer');
  const queues = read.data?.result ?? [];
  const consumed = queues.flatMap((queue) =>
    queue.consumers.filter(({ script_name: script }) => script === name).map((consumer) => ({ queue, consumer })),
  );
  const about = useKept(
    consumed.find(({ queue }) => queue.queue_id === dialog.of),
    dialog.of,
  );
  return (
    <Section title="Queues" count={consumed.length} add={{ text: 'Add queue', onAdd: () => dialog.open('add') }}>
      <Loaded from={read} bones={<Bones lines={[90, 90]} />} what="Queues did not load.">
        {() =>
          consumed.length === 0 ? (
            <None>
              No queue is consumed. A queue’s messages come to the queue() handler in batches. To send to one, bind it in the settings.
            </None>
          ) : (
            <Rows heads={['Queue', 'Batches', 'Where one fails']}>
              {consumed.map(({ queue, consumer }) => (
                <tr key={consumer.consumer_id} data-row>
                  <th scope="row">{queue.queue_name}</th>
                  <td>
                    {batchesOf(consumer)}
                    {consumer.settings.max_concurrency !== null && (
                      <span className="triggers-under small second">
                        At most {counted(consumer.settings.max_concurrency, 'batch', 'batches')} at a time
                      </span>
                    )}
                  </td>
                  <td>
                    {failureOf(consumer)}
                    <span className="triggers-under small second">
                      {consumer.dead_letter_queue === undefined ? 'Then it is dropped' : `Then to ${consumer.dead_letter_queue}`}
                    </span>
                  </td>
                  <td className="r">
                    <RowMenu
                      name={`Menu of ${queue.queue_name}`}
                      items={[
                        { text: 'Change', icon: Pencil, onSelect: () => dialog.open('edit', queue.queue_id) },
                        { text: 'Remove', icon: Trash2, isApart: true, onSelect: () => dialog.open('remove', queue.queue_id) },
                      ]}
                    />
                  </td>
                </tr>
              ))}
            </Rows>
          )
        }
      </Loaded>
      {dialog.opened === 'add' && <ConsumerDialog name={name} queues={queues} onClose={dialog.close} />}
      {dialog.opened === 'edit' && about !== undefined && (
        <ConsumerDialog key={about.consumer.consumer_id} name={name} queues={queues} before={about} onClose={dialog.close} />
      )}
      {dialog.opened === 'remove' && about !== undefined && <RemoveConsumer name={name} consumed={about} onClose={dialog.close} />}
    </Section>
  );
};

interface RemoveConsumerProps {
  readonly name: string;
  readonly consumed: Consumed;
  readonly onClose: () => void;
}

const RemoveConsumer = ({ name, consumed, onClose }: RemoveConsumerProps) => {
  const params = paramsOf(consumed);
  const read = useAsRead('getQueueConsumer', { params }, familyOf(params.queue_id), consumed.consumer);
  return (
    <RemoveDialog
      what={consumed.queue.queue_name}
      name={name}
      onClose={onClose}
      read={read}
      nowIs={nowIs(read.now)}
      act={() => call('deleteQueueConsumer', { params, ifMatch: read.tag })}
    >
      Its messages no longer come to {name}. They wait in the queue until another Worker consumes it, or they are too old.
    </RemoveDialog>
  );
};
