import { isIP } from 'node:net';

/**
 * Whether a Host header may reach the API. A page of somebody else's site that points its own name at this address (DNS
 * rebinding) sends that name, so only loopback names, bare addresses and the names the operator allowed are answered.
 */
export const isKnownHost = (host: string, allowed: readonly string[]): boolean => {
  const name = host.replace(/:\d+$/, '').toLowerCase().replace(/\.$/, '');
  if (name === 'localhost' || name.endsWith('.localhost')) return true;
  return isIP(name.replace(/^\[(.*)\]$/, '$1')) !== 0 || allowed.some((other) => other.toLowerCase() === name);
};
