export { EditCode } from './edit-code.tsx';
