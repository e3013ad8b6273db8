/** Where identifiers come from; tests give their own. */
export interface Ids {
  /** A hyphened UUID: versions and deployments. */
  uuid(): string;
  /** 32 hex digits: accounts, Workers' tags, zones, routes. */
  hex32(): string;
}

/** By the crypto that browsers have too: the rules are read there. */
/** The platform's own source of chance, which a browser has too: this room is part of the dashboard. */
export const randomIds: Ids = {
  uuid: () => crypto.randomUUID(),
  hex32: () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join(''),
};
