import { Pencil, Trash2 } from 'lucide-react';
import { call, useApi, type Result } from '../../api/index.ts';
import { Bones, Loaded, RowMenu } from '../../parts/index.ts';
import { count, counted, duration } from '../../words/index.ts';
import { ConsumerDialog } from './consumer-dialog.tsx';
import { RemoveDialog } from './form-dialog.tsx';
import { None, Rows, Section } from './section.tsx';
import { useDialog } from './use-dialog.ts';

type Queue = Result<'listQueues'>[number];
export type Consumer = Queue['consumers'][number];

/** Queues whose messages the Worker gets. */
export const Consumers = ({ name }: { readonly name: string }) => {
  const read = useApi('listQueues', { query: { per_page: 1000 } });
  const dialog = useDialog('consumer');
  const queues = read.data?.result ?? [];
  const consumed = queues.flatMap((queue) =>
    queue.consumers.filter(({ script_name: script }) => script === name).map((consumer) => ({ queue, consumer })),
  );
  const about = consumed.find(({ queue }) => queue.queue_id === dialog.of);
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
        <ConsumerDialog name={name} queues={queues} before={about} onClose={dialog.close} />
      )}
      {dialog.opened === 'remove' && about !== undefined && (
        <RemoveDialog
          what={about.queue.queue_name}
          name={name}
          onClose={dialog.close}
          act={() => call('deleteQueueConsumer', { params: { queue_id: about.queue.queue_id, consumer_id: about.consumer.consumer_id } })}
        >
          Its messages no longer come to {name}. They wait in the queue until another Worker consumes it, or they are too old.
        </RemoveDialog>
      )}
    </Section>
  );
};

const batchesOf = ({ settings }: Consumer): string =>
  `Up to ${counted(settings.batch_size, 'message')}, after ${settings.max_wait_time_ms === 0 ? 'no wait' : `${duration(settings.max_wait_time_ms)} at most`}`;

const failureOf = ({ settings }: Consumer): string => {
  const after = settings.retry_delay === 0 ? '' : `, ${count(settings.retry_delay)} s later`;
  return settings.max_retries === 0 ? 'No retry' : `${counted(settings.max_retries, 'retry', 'retries')}${after}`;
};
