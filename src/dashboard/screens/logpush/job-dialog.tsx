import { useState } from 'react';
import { call, refresh, useApi, useAct } from '../../api/index.ts';
import { Button, Cancel, Dialog, Refusal } from '../../parts/index.ts';
import { bodyOf, changesIn, draftOf, faultIn, type Draft } from './draft.ts';
import { JobFields } from './job-fields.tsx';
import { nameOf, type Job } from './logpush.tsx';

interface JobDialogProps {
  /** Undefined: a new one. */
  readonly job: Job | undefined;
  readonly onClose: () => void;
  /** With what the API says beside: which Workers are not sent. */
  readonly onTold: (messages: readonly string[]) => void;
}

const DATASET = 'workers_trace_events';

/** Makes a job, or changes one. The destination is tried first, by the API. */
export const JobDialog = ({ job, onClose, onTold }: JobDialogProps) => {
  const fields = useApi('getDatasetFields', { params: { dataset_id: DATASET } });
  const [typed, setTyped] = useState<Partial<Draft>>({});
  const all = Object.keys(fields.data?.result ?? {});
  const draft = { ...draftOf(job, all), ...typed };
  const saved = useAct({
    mutationFn: async () => {
      const destination = typed.destination === undefined ? {} : { destination_conf: draft.destination.trim() };
      const { messages } =
        job === undefined
          ? await call('createLogpushJob', {
              body: { ...bodyOf(draft, job), dataset: DATASET, enabled: true, destination_conf: draft.destination.trim() },
            })
          : await call('putLogpushJob', { params: { job_id: String(job.id) }, body: { ...changesIn(typed, draft, job), ...destination } });
      return messages;
    },
    onSuccess: (messages) => {
      onTold(messages);
      onClose();
      return refresh(undefined);
    },
  });
  return (
    <Dialog
      title={job === undefined ? 'Create a Logpush job' : `Change ${nameOf(job)}`}
      hasTyped={Object.keys(typed).length > 0}
      onClose={onClose}
      onSubmit={() => saved.mutate()}
      foot={
        <>
          <p>{faultIn(draft) ?? 'A small test file is written to a new destination first.'}</p>
          <Cancel />
          <Button kind="main" type="submit" why={faultIn(draft)} working={saved.isPending ? 'Trying the destination' : undefined}>
            {job === undefined ? 'Create the job' : 'Change the job'}
          </Button>
        </>
      }
    >
      {saved.isError && <Refusal what={job === undefined ? 'Not created.' : 'Not changed.'} error={saved.error} />}
      <JobFields draft={draft} fields={fields} onChange={(change) => setTyped({ ...typed, ...change })} />
    </Dialog>
  );
};
