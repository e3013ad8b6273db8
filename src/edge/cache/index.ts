/** What Workers keep by the Cache API. */
export { CacheSocket } from './cache-socket.ts';
