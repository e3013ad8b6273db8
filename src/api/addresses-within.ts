import { BlockList, isIPv6 } from 'node:net';

/** Those of the addresses that lie within a range, or are the one address that it is. */
export const addressesWithin = (range: string, addresses: readonly string[]): readonly string[] => {
  const [network = '', bits] = range.split('/');
  const within = new BlockList();
  if (bits === undefined) within.addAddress(network, familyOf(network));
  else within.addSubnet(network, Number(bits), familyOf(network));
  return addresses.filter((address) => within.check(address, familyOf(address)));
};

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIPv6(address) ? 'ipv6' : 'ipv4');
