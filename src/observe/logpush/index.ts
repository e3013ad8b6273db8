export { Logpush, type LogpushOptions } from './logpush.ts';
