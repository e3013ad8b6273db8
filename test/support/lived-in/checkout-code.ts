import type { Files } from './past.ts';

/** From this version on prices are cached; that is what the newest one is about. */
const FIRST_WITH_CACHE = 42;

/** The Worker that the pictures follow: several modules, and real ways to fail that `traffic` finds. */
export const checkoutCode = (number: number): Files => ({
  'src/index.js': indexOf(number >= FIRST_WITH_CACHE),
  'src/prices.js': `${PRICES_HEAD}${number >= FIRST_WITH_CACHE ? CACHED_LOOKUP : LOOKUP}${PRICES_TAIL}`,
  'src/cart.js': CART,
  'src/stripe.js': STRIPE,
  'src/tax.js': TAX,
  'src/build.js': `export const BUILD = 'checkout-${number}';\n`,
});

const indexOf = (isCached: boolean): string => `import { BUILD } from './build.js';
import { readCart } from './cart.js';
import { lookup, PriceError } from './prices.js';
import { charge } from './stripe.js';
import { rate } from './tax.js';

export default {
  async fetch(request, env${isCached ? ', ctx' : ''}) {
    const url = new URL(request.url);
    if (url.pathname === '/health') return new Response('ok');
    const cart = readCart(url.searchParams);
    try {
      const prices = await Promise.all(cart.map(({ sku }) => lookup(sku, env${isCached ? ', ctx' : ''})));
      const net = cart.reduce((sum, { quantity }, index) => sum + quantity * prices[index], 0);
      const share = await rate(url.searchParams.get('country') ?? 'DE', env);
      const total = Math.round(net * (1 + share));
      const order = await charge(total, url.searchParams.get('card') ?? 'visa', env);
      console.log('order', order.id, { items: cart.length, total, currency: env.CURRENCY });
      return Response.json({ order, total, currency: env.CURRENCY }, { headers: { 'x-build': BUILD } });
    } catch (error) {
      if (!(error instanceof PriceError)) throw error;
      console.warn('price unknown', error.sku);
      return Response.json({ error: 'price_unknown', sku: error.sku }, { status: 409 });
    }
  },
};
`;

const PRICES_HEAD = `/** What a shop sells by. The catalogue knows the price of each. */
const KINDS = {
  B: 'book',
  G: 'gift card',
  P: 'plant',
  T: 'tool',
};

/** Prices of plants change by the hour, those of books hardly ever. */
const FRESH = {
  book: { ttl: 86_400 },
  plant: { ttl: 3_600 },
  tool: { ttl: 43_200 },
};

export class PriceError extends Error {
  constructor(sku, status) {
    super(\`no price for \${sku}: the catalogue answered \${status}\`);
    this.sku = sku;
  }
}

export const kindOf = (sku) => KINDS[sku[0]];

const CATALOG = 'https://catalog';

/** In cents, without tax. */
`;

const LOOKUP = `export async function lookup(sku, env) {
  const res = await env.CATALOG.fetch(\`\${CATALOG}/p/\${sku}\`);
  if (!res.ok) throw new PriceError(sku, res.status);
  return (await res.json()).price;
}
`;

const CACHED_LOOKUP = `export async function lookup(sku, env, ctx) {
  const hit = await env.PRICES.get(sku, 'json');
  const { ttl } = FRESH[kindOf(sku)];
  if (hit !== null && hit.at + ttl * 1000 > Date.now()) return hit.price;

  const res = await env.CATALOG.fetch(\`\${CATALOG}/p/\${sku}\`);
  if (!res.ok) throw new PriceError(sku, res.status);
  const { price } = await res.json();
  ctx.waitUntil(env.PRICES.put(sku, JSON.stringify({ price, at: Date.now() }), { expirationTtl: Number(env.PRICE_TTL) }));
  return price;
}
`;

const PRICES_TAIL = `
/** As the page shows it: \`12,50 €\`. */
export const shown = (cents, currency) =>
  new Intl.NumberFormat('de-DE', { style: 'currency', currency }).format(cents / 100);
`;

const CART = `/** The cart as the shop's page sends it: JSON, in the address so that a link to it works. */
export const readCart = (params) => {
  const items = JSON.parse(params.get('cart') ?? '[]');
  return items.map(({ sku, quantity = 1 }) => ({ sku, quantity }));
};
`;

const STRIPE = `/** Charges a card, and answers the order. */
export const charge = async (total, card, env) => {
  if (card === 'busy') throw new Error('Stripe 429 Too Many Requests');
  if (!env.STRIPE_KEY) throw new Error('no key for Stripe');
  return { id: crypto.randomUUID().slice(0, 8), total, card };
};
`;

const TAX = `class TimeoutError extends Error {
  name = 'TimeoutError';
}

/** The share of tax in a country, 0 to 1. */
export const rate = async (country, env) => {
  if (country === 'ZZ') throw new TimeoutError('tax did not answer within 2 s');
  const res = await env.TAX.fetch(\`https://tax/rate/\${country}\`);
  return (await res.json()).rate;
};
`;
