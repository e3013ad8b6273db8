import { assetForm, assetHash, manifestOf } from '../asset-upload.ts';
import { checkout } from './checkout.ts';
import { logpush } from './logpush.ts';
import type { Files, Hand, Past } from './past.ts';
import { answeringCode, imageCode, mailCode, reportCode, sessionCode, storefrontCode, STOREFRONT_FILES } from './shop-code.ts';
import { AIKO, BOT_CI, DAY, JONAS, MARA, OBSERVED, PEOPLE, Shelf, TOMAS, uploads } from './uploads.ts';

export const FIRST_HOURS = 120 * DAY;
const SETUP = FIRST_HOURS - 1;
const ZONE = 'fernhill.example';

/** A shop as the pictures of the dashboard need it, with what its people did to it. `receiver`: where Logpush may send to. */
export const liveThrough = async (past: Past, receiver: string): Promise<void> => {
  const shelf = new Shelf();
  past.at(SETUP, async () => {
    for (const who of PEOPLE) await past.meet(who);
    const { id } = (await past.call(JONAS, 'POST', '/zones', { name: ZONE })) as { id: string };
    shelf.put(ZONE, id);
    for (const title of ['sessions', 'price-cache', 'tax-rates', 'flags']) {
      const made = (await past.call(JONAS, 'POST', 'storage/kv/namespaces', { title })) as { id: string };
      shelf.put(title, made.id);
    }
    for (const name of ['orders', 'stock']) {
      const made = (await past.call(JONAS, 'POST', 'd1/database', { name })) as { uuid: string };
      shelf.put(name, made.uuid);
    }
    await past.call(JONAS, 'POST', 'r2/buckets', { name: 'receipts' });
    await past.call(JONAS, 'POST', 'queues', { queue_name: 'order-events' });
  });
  quietWorkers(past, shelf);
  busyWorkers(past, shelf);
  checkout(past, shelf);
  triggers(past, shelf);
  logpush(past, receiver);
  await past.happen();
};

const JSON_ANSWERS: readonly (readonly [script: string, answer: string, newest: number, lastHours: number, by: Hand])[] = [
  ['tax', "{ rate: { DE: 0.19, FR: 0.2, SE: 0.25 }[url.pathname.split('/').at(-1)] ?? 0.21 }", 12, 8 * DAY, JONAS],
  ['inventory', '{ sku: url.pathname.slice(3), price: 1250, left: 7 }', 14, 16 * DAY, TOMAS],
  ['gift-cards', '{ card: url.pathname.slice(1), balance: 2500 }', 9, 5 * DAY, TOMAS],
  ['webhooks', '{ received: true }', 27, 14 * DAY, BOT_CI],
  ['reviews', '{ stars: 4.6, count: 218 }', 8, 33 * DAY, ['Aiko Sato', 'wrangler']],
  ['redirects', '{ to: env.TARGET }', 3, 61 * DAY, JONAS],
];

const quietWorkers = (past: Past, shelf: Shelf): void => {
  for (const [script, answer, newest, lastHours, lastBy] of JSON_ANSWERS) {
    const code = (number: number) => answeringCode(script, number, answer);
    const everyHours = (SETUP - lastHours - DAY) / newest;
    const bindings = script === 'redirects' ? [{ type: 'plain_text', name: 'TARGET', text: `https://${ZONE}/` }] : [];
    uploads(past, { script, code, metadata: () => ({ bindings }), numbers: [1, newest], lastHours, everyHours, lastBy });
  }
  const withDatabase = () => ({ bindings: [{ type: 'd1', name: 'DB', id: shelf.id('orders') }] });
  uploads(past, {
    script: 'nightly-report',
    code: reportCode,
    metadata: withDatabase,
    numbers: [1, 3],
    lastHours: 40 * DAY,
    everyHours: 300,
  });
  const smtp = (text: string) => () =>
    past.call(AIKO, 'PUT', 'workers/scripts/nightly-report/secrets', { name: 'SMTP_KEY', text, type: 'secret_text' });
  past.at(39 * DAY, smtp('first-key'));
  past.at(12 * DAY, smtp('second-key'));
  uploads(past, { script: 'order-mail', code: mailCode, numbers: [1, 6], lastHours: 27 * DAY, everyHours: 200, lastBy: TOMAS });
  past.at(21 * DAY, async () => {
    await past.call(MARA, 'POST', 'workers/workers', { name: 'newsletter' });
    const annotations = { 'workers/message': 'First draft of the sign-up form' };
    await past.uploadVersion(MARA, 'newsletter', answeringCode('newsletter', 1, '{ ok: true }'), { annotations });
  });
};

const search = (number: number): Files => answeringCode('search', number, "{ found: [], for: url.searchParams.get('q') }");

const busyWorkers = (past: Past, shelf: Shelf): void => {
  const sessions = () => ({ bindings: [{ type: 'kv_namespace', name: 'SESSIONS', namespace_id: shelf.id('sessions') }] });
  uploads(past, { script: 'session', code: sessionCode, metadata: sessions, numbers: [1, 87], lastHours: 33, everyHours: 26 });
  uploads(past, {
    script: 'session',
    code: sessionCode,
    metadata: sessions,
    numbers: [88, 88],
    lastHours: 7,
    everyHours: 0,
    lastBy: BOT_CI,
    lastMessage: 'Read sessions from one namespace',
  });

  let files: object = {};
  const [lastHours, everyHours, newest] = [2 * DAY, 13.5, 203];
  past.at(lastHours + (newest - 1) * everyHours + 0.1, async () => {
    const opened = (await past.call(BOT_CI, 'POST', 'workers/scripts/storefront/assets-upload-session', {
      manifest: manifestOf(STOREFRONT_FILES),
    })) as { jwt: string; buckets: readonly (readonly string[])[] };
    const texts = new Map(Object.values(STOREFRONT_FILES).map((text) => [assetHash(text), text]));
    let { jwt } = opened;
    for (const bucket of opened.buckets) {
      const form = assetForm(bucket.map((hash) => texts.get(hash) ?? ''));
      jwt = (await past.uploadFiles(opened.jwt, form)) ?? jwt;
    }
    files = { assets: { jwt, config: { html_handling: 'auto-trailing-slash' } } };
  });
  const withFiles = (number: number) => ({
    ...(number === 1 ? files : { keep_assets: true }),
    bindings: [{ type: 'assets', name: 'ASSETS' }],
  });
  uploads(past, {
    script: 'storefront',
    code: storefrontCode,
    metadata: withFiles,
    numbers: [1, newest],
    lastHours,
    everyHours,
    lastBy: BOT_CI,
    lastMessage: 'Autumn plants on the first page',
  });

  uploads(past, { script: 'search', code: search, numbers: [1, 31], lastHours: 9 * DAY, everyHours: 70 });
  past.at(75, () => past.upload(TOMAS, 'search', search(32), { ...OBSERVED, annotations: { 'workers/message': 'Rank by what sells' } }));
  past.at(72, () => past.deploy(AIKO, 'search', { 31: 100 }, 'Nothing is found for umlauts'));

  uploads(past, { script: 'image-resize', code: imageCode, numbers: [1, 16], lastHours: 6 * DAY, everyHours: 90 });
  past.at(6.2, () =>
    past.uploadVersion(JONAS, 'image-resize', imageCode(17), {
      ...OBSERVED,
      annotations: { 'workers/message': 'Decode avif in place', 'workers/tag': 'avif' },
    }),
  );
  past.at(5.5, () => past.deploy(JONAS, 'image-resize', { 17: 10, 16: 90 }));
  past.at(2, () => past.deploy(JONAS, 'image-resize', { 17: 50, 16: 50 }));
};

/** By which requests come, when a Worker is long there. */
const triggers = (past: Past, shelf: Shelf): void => {
  past.at(9 * DAY, async () => {
    const domains = {
      checkout: ['checkout'],
      'image-resize': ['img'],
      session: ['session'],
      webhooks: ['hooks'],
      'gift-cards': ['gift-cards'],
    };
    const hosts: readonly (readonly [host: string, service: string])[] = [
      [ZONE, 'storefront'],
      [`www.${ZONE}`, 'storefront'],
      [`shop.${ZONE}`, 'storefront'],
      ...Object.entries(domains).flatMap(([service, labels]) => labels.map((label): [string, string] => [`${label}.${ZONE}`, service])),
    ];
    for (const [hostname, service] of hosts) {
      await past.call(JONAS, 'PUT', 'workers/domains', { hostname, service, zone_id: shelf.id(ZONE), environment: 'production' });
    }
    const routes: readonly (readonly [pattern: string, script: string])[] = [
      [`${ZONE}/search/*`, 'search'],
      [`${ZONE}/cart/*`, 'checkout'],
      [`${ZONE}/api/checkout/*`, 'checkout'],
      [`${ZONE}/reviews/*`, 'reviews'],
    ];
    for (const [pattern, script] of routes) await past.call(JONAS, 'POST', `/zones/${shelf.id(ZONE)}/workers/routes`, { pattern, script });
    await past.call(JONAS, 'POST', 'workers/scripts/checkout/subdomain', { enabled: true, previews_enabled: true });
    await past.call(JONAS, 'PUT', 'workers/scripts/nightly-report/schedules', [{ cron: '0 2 * * *' }]);
    const queues = (await past.call(JONAS, 'GET', 'queues')) as readonly { readonly queue_id: string }[];
    await past.call(JONAS, 'POST', `queues/${queues[0]?.queue_id}/consumers`, { type: 'worker', script_name: 'order-mail' });
  });
};
