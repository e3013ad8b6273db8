import { call, refresh, useAct } from '../../api/index.ts';
import { Button, Dialog, Refusal } from '../../parts/index.ts';
import { counted } from '../../words/index.ts';
import { nameOf, type Job } from './logpush.tsx';

export const DeleteJob = ({ job, onClose }: { readonly job: Job; readonly onClose: () => void }) => {
  const name = nameOf(job);
  const deleted = useAct({
    mutationFn: () => call('deleteLogpushJob', { params: { job_id: String(job.id) } }),
    onSuccess: () => {
      onClose();
      return refresh(undefined);
    },
  });
  const waiting = job.spool?.batches ?? 0;
  return (
    <Dialog
      title={`Delete ${name}`}
      width="small"
      onClose={onClose}
      onSubmit={() => deleted.mutate()}
      foot={
        <>
          <Button onClick={onClose} data-first>
            Keep {name}
          </Button>
          <Button kind="stop" type="submit" working={deleted.isPending ? 'Deleting' : undefined}>
            Delete {name}
          </Button>
        </>
      }
    >
      {deleted.isError && <Refusal what="Not deleted." error={deleted.error} />}
      <p>
        {waiting > 0 && `${counted(waiting, 'batch', 'batches')} that wait to be sent will not be. `}
        What it has sent stays where it is. This cannot be undone.
      </p>
    </Dialog>
  );
};
