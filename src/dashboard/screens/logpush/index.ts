export { Logpush } from './logpush.tsx';
