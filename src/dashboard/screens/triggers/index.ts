export { Triggers } from './triggers.tsx';
