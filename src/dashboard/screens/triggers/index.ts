export { Addresses } from './addresses.tsx';
export { Triggers } from './triggers.tsx';
