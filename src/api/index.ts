export { createApp } from './app.ts';
export type { Api } from './api.ts';
export { sweepErasures } from './erase.ts';
