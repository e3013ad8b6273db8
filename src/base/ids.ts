import { randomBytes, randomUUID } from 'node:crypto';

/** Where identifiers come from; tests give their own. */
export interface Ids {
  /** A hyphened UUID: versions and deployments. */
  uuid(): string;
  /** 32 hex digits: accounts, Workers' tags, zones, routes. */
  hex32(): string;
}

export const randomIds: Ids = {
  uuid: () => randomUUID(),
  hex32: () => randomBytes(16).toString('hex'),
};
