/** Of an IP address: a household has a whole /64 of IPv6, any address of which it can come from. */
export const neighbourhood = (address: string): string => {
  if (!address.includes(':')) return address;
  const [front = '', back] = address.split('::');
  const groups = front === '' ? [] : front.split(':');
  // `::` stands for as many zeros as are missing; only those among the first four groups matter.
  const missing = back === undefined ? 0 : 8 - groups.length - (back === '' ? 0 : back.split(':').length);
  const all = back === undefined ? groups : [...groups, ...Array.from({ length: missing }, () => '0'), ...back.split(':')];
  return `${all.slice(0, 4).join(':')}::/64`;
};
