export { Overview } from './overview.tsx';
export { WorkerFrame } from './worker-frame.tsx';
export { WorkerActions, type WorkerDialogProps } from './worker-actions.tsx';
