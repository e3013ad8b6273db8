/** Names one request in headers, error pages and logs. Not a secret, so not drawn from the system's entropy. */
export const newRay = (): string => `${eightHex()}${eightHex()}-${COLO}`;

/** Cloudflare names data centres by airport; there is one place here. */
export const COLO = 'SB';

const eightHex = (): string =>
  Math.floor(Math.random() * 0x1_0000_0000)
    .toString(16)
    .padStart(8, '0');
