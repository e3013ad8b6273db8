import type { InvocationKind } from '../../../src/observe/index.ts';
import type { Chance } from './chance.ts';
import type { Speed } from './spread-of-times.ts';

/** A way in which a Worker fails. */
export interface Fault {
  readonly name: string;
  readonly message: string;
  /** Where it is thrown, as a stack says it. */
  readonly frame: string;
  readonly perTenThousand: (version: number) => number;
}

/** What a Worker has to do, and how it does it. */
export interface Load {
  readonly script: string;
  readonly host: string;
  readonly paths: readonly string[];
  /** Requests, now. */
  readonly perMinute: number;
  readonly kind?: InvocationKind;
  readonly peakHour?: number;
  /** How far the day's curve goes up and down, as a share. */
  readonly swing?: number;
  readonly speed: (version: number) => Speed;
  readonly faults: readonly Fault[];
  readonly logs: readonly ((random: Chance) => string)[];
}

const always = (perTenThousand: number) => () => perTenThousand;

const steady = (median: number, p99: number, cpuMs: number) => (): Speed => ({ median, p99, cpuMs });

const order = (random: Chance): string => `order ${random.hex(8)} ${Math.floor(1000 + random.next() * 9000)} EUR`;

const quiet = (
  script: string,
  host: string,
  perMinute: number,
  perTenThousand: number,
  message: string,
  more: Partial<Load> = {},
): Load => ({
  script,
  host,
  paths: ['/', '/a', '/b'],
  perMinute,
  speed: steady(11, 74, 1.6),
  faults:
    perTenThousand === 0 ? [] : [{ name: 'Error', message, frame: 'Object.fetch (index.js:6:11)', perTenThousand: always(perTenThousand) }],
  logs: [],
  ...more,
});

/** Of each Worker that does something. Rates of faults are those of the target pictures. */
export const LOADS: readonly Load[] = [
  {
    script: 'checkout',
    host: 'checkout.fernhill.example',
    paths: ['/cart', '/cart/total', '/pay', '/orders/latest'],
    perMinute: 1_200,
    speed: (version) => (version >= 42 ? { median: 38, p99: 203, cpuMs: 4.1 } : { median: 38, p99: 184, cpuMs: 5 }),
    faults: [
      {
        name: 'TypeError',
        message: "Cannot destructure property 'ttl' of 'FRESH[kindOf(...)]' as it is undefined.",
        frame: 'lookup (src/prices.js:31:11)',
        perTenThousand: (version) => (version >= 42 ? 5.9 : 0),
      },
      {
        name: 'Error',
        message: 'Stripe 429 Too Many Requests',
        frame: 'charge (src/stripe.js:3:32)',
        perTenThousand: (version) => (version >= 42 ? 13.3 : 14.1),
      },
      {
        name: 'TimeoutError',
        message: 'tax did not answer within 2 s',
        frame: 'rate (src/tax.js:7:31)',
        perTenThousand: (version) => (version >= 42 ? 9.6 : version === 40 ? 96 : 10.2),
      },
      {
        name: 'SyntaxError',
        message: 'Unexpected end of JSON input',
        frame: 'JSON.parse (<anonymous>)',
        perTenThousand: (version) => (version >= 42 ? 2.2 : 2.9),
      },
    ],
    logs: [order],
  },
  {
    script: 'image-resize',
    host: 'img.fernhill.example',
    paths: ['/plants/fern.jpg', '/plants/ivy.avif', '/tools/spade.png', '/books/moss.webp'],
    perMinute: 3_460,
    peakHour: 12,
    speed: (version) => (version >= 17 ? { median: 24, p99: 168, cpuMs: 11.2 } : { median: 27, p99: 171, cpuMs: 12.9 }),
    faults: [
      {
        name: 'RangeError',
        message: 'Invalid typed array length: -1',
        frame: 'Object.fetch (index.js:11:32)',
        perTenThousand: (version) => (version >= 17 ? 375 : 0),
      },
      { name: 'TypeError', message: 'cannot decode heic', frame: 'Object.fetch (index.js:10:32)', perTenThousand: always(53) },
    ],
    logs: [],
  },
  quiet('session', 'session.fernhill.example', 5_910, 2, 'the namespace did not answer', {
    paths: ['/?id=1', '/?id=2'],
    speed: steady(6, 41, 0.8),
  }),
  quiet('storefront', 'fernhill.example', 8_240, 11, 'asset list is gone', { peakHour: 19, paths: ['/', '/site.css', '/robots.txt'] }),
  quiet('search', 'fernhill.example', 940, 7, 'index is being rebuilt', {
    paths: ['/search/fern', '/search/ivy'],
    speed: steady(31, 220, 6),
  }),
  quiet('gift-cards', 'gift-cards.fernhill.example', 86, 0, ''),
  quiet('tax', 'tax', 1_180, 19, 'no rate for this country', { paths: ['/rate/DE', '/rate/FR'] }),
  quiet('inventory', 'catalog', 1_260, 4, 'stock is locked', { paths: ['/p/P1', '/p/B2'] }),
  quiet('webhooks', 'hooks.fernhill.example', 214, 36, 'signature does not match', { swing: 0.15, peakHour: 3 }),
  quiet('reviews', 'fernhill.example', 41, 0, '', { paths: ['/reviews/P1'] }),
  quiet('redirects', 'redirects', 3, 0, '', { swing: 0.1 }),
  quiet('order-mail', 'order-mail', 9, 0, '', { kind: 'queue', logs: [(random) => `mail for ${order(random)}`] }),
  quiet('nightly-report', 'nightly-report', 1 / 1440, 0, '', { kind: 'scheduled', swing: 0 }),
];
