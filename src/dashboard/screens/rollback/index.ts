export { RollbackDialog } from './rollback-dialog.tsx';
