import { lookup, type LookupAddress, type LookupAllOptions } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { LEADS_INSIDE } from '../../../domain/index.ts';

/** Where logs may go, beside what everybody can reach. */
export interface DestinationRules {
  /** Whether they may go to private addresses, and unencrypted. */
  readonly allowPrivate: boolean;
  /** This machine's own addresses: a public one leads inside all the same. */
  readonly deniedNetworks: readonly string[];
  /** Below which `file://` may lead; none where it may not. */
  readonly fileRoot: string | undefined;
}

/** The name leads inside, where logs may not go. */
export class PrivateAddress extends Error {
  override readonly name = 'PrivateAddress';
}

/** What is no part of the internet (https://www.iana.org/assignments/iana-ipv4-special-registry/, …-ipv6-…). */
const NOT_PUBLIC: readonly string[] = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.168.0.0/16',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '100::/64',
  '2001:db8::/32',
  'fc00::/7',
  'fe80::/10',
  'ff00::/8',
  ...LEADS_INSIDE,
];

const listOf = (ranges: readonly string[]): BlockList => {
  const list = new BlockList();
  for (const range of ranges) {
    const [network = '', prefix] = range.split('/');
    const family = isIP(network) === 6 ? 'ipv6' : 'ipv4';
    list.addSubnet(network, Number(prefix), family);
  }
  return list;
};

/** How the system finds the addresses of a name. */
type Resolve = (
  hostname: string,
  options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/** Sees to it that a connection leads where it may: by the address that it is made to, whatever its name resolved to before. */
export class AddressGuard {
  readonly #isOpen: boolean;
  readonly #inside: BlockList;
  readonly #resolve: Resolve;

  constructor({ allowPrivate, deniedNetworks }: Pick<DestinationRules, 'allowPrivate' | 'deniedNetworks'>, resolve: Resolve = lookup) {
    this.#isOpen = allowPrivate;
    this.#resolve = resolve;
    this.#inside = listOf([...NOT_PUBLIC, ...deniedNetworks]);
  }

  /** Throws where a host is written as an address that leads inside; names are seen when they are resolved. */
  check(hostname: string): void {
    const address = hostname.replace(/^\[|\]$/g, '');
    if (isIP(address) !== 0) this.#checkAddress(address, address);
  }

  /** For a connection to resolve its host with: of several addresses none may lead inside. */
  readonly lookup: LookupFunction = (hostname, options, callback) => {
    this.#resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, []);
      try {
        for (const { address } of addresses) this.#checkAddress(address, hostname);
      } catch (inside) {
        return callback(inside as Error, []);
      }
      const [first] = addresses;
      if (options.all === true || first === undefined) return callback(null, addresses);
      callback(null, first.address, first.family);
    });
  };

  #checkAddress(address: string, hostname: string): void {
    if (!this.#isOpen && this.#inside.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')) {
      throw new PrivateAddress(`${hostname} leads to an address that is not public`);
    }
  }
}
