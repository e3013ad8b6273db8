import { useState } from 'react';
import { call } from '../../api/index.ts';
import { SelectField, TextField } from '../../parts/index.ts';
import { useAsRead } from './as-read.tsx';
import { familyOf, nowIs, paramsOf, type Consumed, type Consumer, type Queue } from './consumed.ts';
import { FormDialog } from './form-dialog.tsx';

interface ConsumerDialogProps {
  readonly name: string;
  readonly queues: readonly Queue[];
  readonly before?: Consumed;
  readonly onClose: () => void;
}

const NUMBERS = [
  ['batch_size', 'Messages in a batch, at most', '10 if empty. 1 to 100.'],
  ['max_wait_time_ms', 'Longest wait, in milliseconds', 'For a full batch. 5,000 if empty.'],
  ['max_retries', 'Retries of a message', '3 if empty. Up to 100.'],
  ['retry_delay', 'Seconds before a retry', '0 if empty.'],
  ['max_concurrency', 'Batches at a time, at most', 'The server decides if empty. 1 to 250.'],
] as const;

type Typed = Readonly<Record<(typeof NUMBERS)[number][0] | 'dead_letter_queue', string>>;

const typedOf = (consumer: Consumer | undefined): Typed =>
  ({
    ...Object.fromEntries(NUMBERS.map(([member]) => [member, String(consumer?.settings[member] ?? '')])),
    dead_letter_queue: consumer?.dead_letter_queue ?? '',
  }) as Typed;

/** What is left empty is as Cloudflare has it by default. */
const settingsIn = (typed: Typed) =>
  Object.fromEntries(NUMBERS.flatMap(([member]) => (typed[member].trim() === '' ? [] : [[member, Number(typed[member])]])));

export const ConsumerDialog = ({ name, queues, before, onClose }: ConsumerDialogProps) => {
  const [chosen, setChosen] = useState(before?.queue.queue_id ?? '');
  const [own, setOwn] = useState<Partial<Typed>>({});
  const params = before === undefined ? { queue_id: '', consumer_id: '' } : paramsOf(before);
  const read = useAsRead('getQueueConsumer', { params }, familyOf(params.queue_id), before?.consumer);
  // What nobody typed into is as it was when it was read, also where somebody else changed it then.
  const typed: Typed = { ...typedOf(read.was ?? before?.consumer), ...own };
  const type = (member: keyof Typed, text: string): void => setOwn({ ...own, [member]: text });
  const queue = queues.find(({ queue_id: id }) => id === chosen);
  const wrong = NUMBERS.find(([member]) => !/^\d*$/.test(typed[member].trim()))?.[0];
  const why = queue === undefined ? 'It needs a queue.' : wrong === undefined ? undefined : 'One of the numbers is none.';
  const dead = typed.dead_letter_queue.trim();
  const body = {
    type: 'worker',
    script_name: name,
    settings: settingsIn(typed),
    ...(dead === '' ? {} : { dead_letter_queue: dead }),
  };
  return (
    <FormDialog
      title={before === undefined ? 'Add a queue' : `Change ${before.queue.queue_name}`}
      button={before === undefined ? `Consume ${queue?.queue_name ?? 'it'}` : `Change ${before.queue.queue_name}`}
      working={before === undefined ? 'Adding' : 'Changing'}
      refused={before === undefined ? 'Not added.' : 'Not changed.'}
      name={name}
      why={why}
      hasTyped={chosen !== (before?.queue.queue_id ?? '') || Object.keys(own).length > 0}
      {...(before !== undefined && { read, nowIs: nowIs(read.now) })}
      onClose={onClose}
      act={async () => {
        if (before !== undefined) {
          await call('putQueueConsumer', { params: paramsOf(before), body, ifMatch: read.tag });
          return `${before.queue.queue_name} is consumed as you said.`;
        }
        await call('createQueueConsumer', { params: { queue_id: chosen }, body });
        return `The messages of ${queue?.queue_name ?? 'the queue'} come to ${name}.`;
      }}
    >
      {before === undefined && (
        <SelectField
          label="Queue"
          data-first
          hint={
            queues.length === 0
              ? 'There is none yet: bind one in the settings, or make one with switchback wrangler queues create.'
              : 'A queue has one consumer.'
          }
          value={chosen}
          of={[['', 'Choose a queue'], ...queues.map((each) => [each.queue_id, describedQueue(each)] as const)]}
          onChange={({ target }) => setChosen(target.value)}
        />
      )}
      <div className="triggers-numbers">
        {NUMBERS.map(([member, label, hint]) => (
          <TextField
            key={member}
            label={label}
            hint={hint}
            fault={wrong === member ? 'It is no whole number.' : undefined}
            className="input num"
            inputMode="numeric"
            value={typed[member]}
            onChange={({ target }) => type(member, target.value)}
          />
        ))}
        <TextField
          label="Dead letter queue, optional"
          hint="Where a message goes that failed too often. It is made if there is none of that name."
          value={typed.dead_letter_queue}
          onChange={({ target }) => type('dead_letter_queue', target.value)}
        />
      </div>
    </FormDialog>
  );
};

const describedQueue = ({ queue_name: name, consumers }: Queue): string => {
  const [consumer] = consumers;
  return consumer === undefined ? name : `${name} (${consumer.script_name} consumes it)`;
};
