import { networkInterfaces } from 'node:os';

/**
 * This machine's own addresses, each as a network. A public one counts as public with the runtime too, and leads to the
 * API and to whatever else listens here: no Worker may go there (I6).
 */
export const ownNetworks = (interfaces: ReturnType<typeof networkInterfaces> = networkInterfaces()): readonly string[] =>
  Object.values(interfaces).flatMap((addresses = []) =>
    addresses.map(({ address, family }) => `${address}/${family === 'IPv6' ? 128 : 32}`),
  );
