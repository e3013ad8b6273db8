export { createApp } from './app.ts';
export type { Api } from './api.ts';
export { ChangeEvents } from './change-events.ts';
export { settleQueues } from './handlers/queues.ts';
export { tailUpgrades } from './tail-upgrade.ts';
export { sweepErasures } from './erase.ts';
