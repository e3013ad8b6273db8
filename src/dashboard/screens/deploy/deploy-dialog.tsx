import { Button, Dialog } from '../../parts/index.ts';
import type { WorkerDialogProps } from '../worker/index.ts';

export const DeployDialog = ({ name, onClose }: WorkerDialogProps) => (
  <Dialog title="Deploy version" aside={name} onClose={onClose} foot={<Button onClick={onClose}>Cancel</Button>}>
    {null}
  </Dialog>
);
