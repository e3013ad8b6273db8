import { accept, refuse, type Result } from '../base/index.ts';
import type { Refusal } from './refusal.ts';
import type { Annotations } from './version.ts';

/** A label of a DNS name, because the Worker answers at `<name>.<subdomain>.…`; `_` is allowed for Workers that only have routes. */
const WORKER_NAME = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;
/** wrangler's own rule for `--preview-alias`. */
const ALIAS = /^[a-z](?:[a-z0-9-]*[a-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const ZONE = /^(?=.{1,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
/** A JavaScript identifier is not required (`env["a-b"]` works), an empty or endless name is refused. */
const BINDING_NAME = /^[^\s\0]{1,255}$/u;

export const MOST_TAG_BYTES = 100;
export const MOST_MESSAGE_BYTES = 1000;
const MOST_LABEL = 63;

export const isWorkerName = (name: string): boolean => WORKER_NAME.test(name);
export const isSubdomainName = (name: string): boolean => SUBDOMAIN.test(name);
export const isZoneName = (name: string): boolean => ZONE.test(name);
/** `__proto__` would not become a member of `env` but its prototype. */
export const isBindingName = (name: string): boolean => BINDING_NAME.test(name) && name !== '__proto__';

/** Holds tag, message and alias to Cloudflare's limits, in bytes of UTF-8 (cloudflare-typescript, `WorkersMessage`, `WorkersTag`). */
export const annotationsFrom = (given: Partial<Annotations>, worker: string): Result<Annotations, Refusal> => {
  const { tag, message, alias } = given;
  const tagBytes = bytesOf(tag);
  if (tagBytes > MOST_TAG_BYTES) return refuse({ code: 'tag_too_long', bytes: tagBytes, limit: MOST_TAG_BYTES });
  const messageBytes = bytesOf(message);
  if (messageBytes > MOST_MESSAGE_BYTES) return refuse({ code: 'message_too_long', bytes: messageBytes, limit: MOST_MESSAGE_BYTES });
  if (alias !== undefined && !ALIAS.test(alias)) {
    return refuse({
      code: 'alias_invalid',
      alias,
      reason: 'it may hold lower-case letters, digits and dashes, and must begin with a letter',
    });
  }
  if (alias !== undefined && alias.length + 1 + worker.length > MOST_LABEL) {
    return refuse({
      code: 'alias_invalid',
      alias,
      reason: `"${alias}-${worker}" is longer than the ${MOST_LABEL} characters a host label may have`,
    });
  }
  return accept({ tag: tag || undefined, message: message || undefined, alias });
};

const encoder = new TextEncoder();
const bytesOf = (text: string | undefined): number => (text === undefined ? 0 : encoder.encode(text).length);
