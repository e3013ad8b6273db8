import { join } from 'node:path';

/** Where tracers in versions' processes post {@link TraceBatch}es: they reach this one and no other. */
export const tracesSocketIn = (folder: string): string => join(folder, 'traces');

/** Where edges post what they counted, and hear of what is watched. */
export const reportsSocketIn = (folder: string): string => join(folder, 'reports');

/** Where the API asks what was observed. */
export const querySocketIn = (folder: string): string => join(folder, 'query');
