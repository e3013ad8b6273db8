/** What bindings reach: the process that stores it, and ways to it for the API. */
export { DataClient, type DataAnswer, type DataCall } from './data-client.ts';
export { DataProcess, type DataProcessOptions } from './data-process.ts';
export { R2, type R2Options } from './r2/r2.ts';
