/**
 * Ranges that workerd (2026-11) counts as public and that lead inside: networks between test devices (RFC 2544), and
 * the IPv6 forms that a translator on the way turns into private IPv4 addresses: NAT64 (RFC 6052, 8215), 6to4, Teredo.
 * Public IPv4 addresses in the well-known NAT64 prefix stay reachable: on IPv6-only machines they are the internet.
 */
export const LEADS_INSIDE: readonly string[] = [
  '198.18.0.0/15',
  '::/96', // IPv4 addresses in the oldest IPv6 form
  '64:ff9b::/104', // 0.0.0.0/8
  '64:ff9b::a00:0/104', // 10.0.0.0/8
  '64:ff9b::6440:0/106', // 100.64.0.0/10
  '64:ff9b::7f00:0/104', // 127.0.0.0/8
  '64:ff9b::a9fe:0/112', // 169.254.0.0/16
  '64:ff9b::ac10:0/108', // 172.16.0.0/12
  '64:ff9b::c0a8:0/112', // 192.168.0.0/16
  '64:ff9b::c612:0/111', // 198.18.0.0/15
  '64:ff9b:1::/48',
  '2001::/32',
  '2002::/16',
  'fec0::/10',
];
