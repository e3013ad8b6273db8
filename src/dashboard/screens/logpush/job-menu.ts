import { Pause, Pencil, Play, Trash } from 'lucide-react';
import { call, refresh } from '../../api/index.ts';
import { toast, type MenuItem } from '../../parts/index.ts';
import type { Job } from './logpush.tsx';

const turn = async (job: Job, onFailed: (error: unknown) => void): Promise<void> => {
  try {
    await call('putLogpushJob', { params: { job_id: String(job.id) }, body: { enabled: !job.enabled } });
    toast({ text: job.enabled ? 'It sends nothing more.' : 'It sends what comes from now on.' });
  } catch (error) {
    onFailed(error);
  } finally {
    await refresh(undefined);
  }
};

export interface JobActions {
  readonly onOpen: (job: Job, dialog: 'job' | 'delete') => void;
  readonly onFailed: (error: unknown) => void;
}

export const jobMenu = (job: Job, { onOpen, onFailed }: JobActions): readonly MenuItem[] => [
  { text: 'Change', icon: Pencil, onSelect: () => onOpen(job, 'job') },
  { text: job.enabled ? 'Turn off' : 'Turn on', icon: job.enabled ? Pause : Play, onSelect: () => void turn(job, onFailed) },
  { text: 'Delete', icon: Trash, isApart: true, why: 'With what waits to be sent by it.', onSelect: () => onOpen(job, 'delete') },
];
