import { checkoutCode } from './checkout-code.ts';
import type { Hand, Past } from './past.ts';
import { AIKO, BOT, BOT_CI, DAY, JONAS, MARA, OBSERVED, TOMAS, uploads, type Shelf } from './uploads.ts';

/** The Worker that the pictures follow: rollouts, one of them rolled back, and one under way. */
export const checkout = (past: Past, shelf: Shelf): void => {
  const metadata = (number: number) => ({
    ...OBSERVED,
    compatibility_date: number >= 42 ? '2026-11-02' : '2026-09-01',
    bindings: [
      { type: 'service', name: 'CATALOG', service: 'inventory' },
      { type: 'service', name: 'TAX', service: 'tax' },
      { type: 'kv_namespace', name: 'SESSIONS', namespace_id: shelf.id('sessions') },
      { type: 'kv_namespace', name: 'FLAGS', namespace_id: shelf.id('flags') },
      { type: 'd1', name: 'ORDERS', id: shelf.id('orders') },
      { type: 'r2_bucket', name: 'RECEIPTS', bucket_name: 'receipts' },
      { type: 'queue', name: 'ORDER_EVENTS', queue_name: 'order-events' },
      { type: 'plain_text', name: 'CURRENCY', text: 'EUR' },
      { type: 'json', name: 'COUNTRIES', json: ['DE', 'FR', 'SE'] },
      ...(number <= 40 ? [{ type: 'kv_namespace', name: 'TAX_RATES', namespace_id: shelf.id('tax-rates') }] : []),
      ...(number >= 42
        ? [
            { type: 'kv_namespace', name: 'PRICES', namespace_id: shelf.id('price-cache') },
            { type: 'plain_text', name: 'PRICE_TTL', text: '300' },
          ]
        : []),
    ],
  });
  uploads(past, { script: 'checkout', code: checkoutCode, metadata, numbers: [1, 36], lastHours: 8 * DAY, everyHours: 60 });
  const secret = (name: string, text: string) => () =>
    past.call(TOMAS, 'PUT', 'workers/scripts/checkout/secrets', { name, text, type: 'secret_text' });
  past.at(7 * DAY, secret('STRIPE_KEY', 'sk_test_first'));
  const uploaded = (hours: number, hand: Hand, number: number, message: string, tag?: string): void =>
    past.at(hours, () =>
      past.uploadVersion(hand, 'checkout', checkoutCode(number), {
        ...metadata(number),
        annotations: { 'workers/message': message, ...(tag === undefined ? {} : { 'workers/tag': tag }) },
      }),
    );
  const deployed = (hours: number, hand: Hand, shares: Readonly<Record<number, number>>, message?: string): void =>
    past.at(hours, () => past.deploy(hand, 'checkout', shares, message));

  uploaded(6.5 * DAY, JONAS, 38, 'Read the country from the session');
  deployed(6.4 * DAY, JONAS, { 38: 10, 37: 90 });
  deployed(6.1 * DAY, JONAS, { 38: 100 });
  uploaded(101, BOT_CI, 39, 'Ask tax for its rates by service binding', '2026.11.16');
  deployed(100.5, BOT, { 39: 10, 38: 90 });
  deployed(95.6, BOT, { 39: 50, 38: 50 });
  deployed(77.3, BOT, { 39: 100 });
  uploaded(74, JONAS, 40, 'Round after tax');
  deployed(73, JONAS, { 40: 10, 39: 90 });
  deployed(69.6, JONAS, { 40: 25, 39: 75 });
  deployed(65.85, AIKO, { 39: 100 }, 'Orders outside the EU fail with 502');
  uploaded(53, TOMAS, 41, 'Fix rounding on gift cards', '2026.11.18');
  deployed(52.5, TOMAS, { 41: 10, 39: 90 }, 'Fix rounding on gift cards');
  deployed(47.1, TOMAS, { 41: 25, 39: 75 });
  deployed(29.5, BOT, { 41: 50, 39: 50 });
  deployed(23.6, BOT, { 41: 100 });
  past.at(22, () => past.call(['Jonas Weber', 'dash'], 'DELETE', `storage/kv/namespaces/${shelf.id('tax-rates')}`));
  uploaded(6.8, BOT_CI, 42, 'Cache price lookups in KV', '2026.11.20');
  deployed(6.45, MARA, { 42: 1, 41: 99 }, 'Cache price lookups in KV');
  deployed(5.1, MARA, { 42: 5, 41: 95 });
  deployed(3.6, MARA, { 42: 10, 41: 90 }, 'Ninety minutes at 5% look clean');
};
