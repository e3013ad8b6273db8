import type { Api } from './api.ts';

/** This server's address as the client that asks reaches it, which may be through a proxy with TLS. */
export const ownUrl = ({ apiSettings: { controlUrl } }: Pick<Api, 'apiSettings'>, headers: Headers): string => {
  const { host, protocol } = new URL(controlUrl);
  const scheme = /^https?$/.exec(headers.get('x-forwarded-proto') ?? '')?.[0] ?? protocol.slice(0, -1);
  return `${scheme}://${headers.get('host') ?? host}`;
};
