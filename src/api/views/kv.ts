import type { KvKeyFound } from '../../data/index.ts';
import type { Resource } from '../../domain/index.ts';

/** Keys in a path are always decoded, which Cloudflare's oldest namespaces do not do. */
export const kvNamespaceView = ({ id, name }: Resource) => ({ id, title: name, supports_url_encoding: true as const });

export const kvKeyView = ({ name, expiration, metadata }: KvKeyFound) => ({
  name,
  ...(expiration === undefined ? {} : { expiration }),
  ...(metadata === undefined ? {} : { metadata: JSON.parse(metadata) as unknown }),
});
