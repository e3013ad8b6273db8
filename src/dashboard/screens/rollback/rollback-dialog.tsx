import { Button, Dialog } from '../../parts/index.ts';
import type { WorkerDialogProps } from '../worker/index.ts';

export const RollbackDialog = ({ name, onClose }: WorkerDialogProps) => (
  <Dialog title="Roll back" aside={name} onClose={onClose} foot={<Button onClick={onClose}>Cancel</Button>}>
    {null}
  </Dialog>
);
