import type { Files } from './past.ts';

/** The other Workers of the shop: small, and each does what its name says. */

const build = (name: string, number: number, code: string): Files => ({
  'index.js': code,
  'build.js': `export const BUILD = '${name}-${number}';\n`,
});

export const imageCode = (number: number): Files =>
  build(
    'image-resize',
    number,
    `import { BUILD } from './build.js';

const WIDTHS = [320, 640, 1280, 2560];

export default {
  async fetch(request) {
    const url = new URL(request.url);
    const width = Number(url.searchParams.get('w') ?? 640);
    const type = url.pathname.split('.').at(-1);
    if (type === 'heic') throw new TypeError('cannot decode heic');
${number >= 17 ? "    if (type === 'avif') throw new RangeError('Invalid typed array length: -1');\n" : ''}    const nearest = WIDTHS.find((each) => each >= width) ?? WIDTHS.at(-1);
    return new Response(\`\${url.pathname} at \${nearest}\`, { headers: { 'cache-control': 'max-age=86400', 'x-build': BUILD } });
  },
};
`,
  );

export const sessionCode = (number: number): Files =>
  build(
    'session',
    number,
    `import { BUILD } from './build.js';

export default {
  async fetch(request, env) {
    const id = new URL(request.url).searchParams.get('id') ?? 'anonymous';
    const known = await env.SESSIONS.get(id, 'json');
    return Response.json({ id, isKnown: known !== null }, { headers: { 'x-build': BUILD } });
  },
};
`,
  );

export const storefrontCode = (number: number): Files =>
  build(
    'storefront',
    number,
    `import { BUILD } from './build.js';

export default {
  async fetch(request, env) {
    const answer = await env.ASSETS.fetch(request);
    if (answer.status !== 404) return answer;
    return new Response('<!doctype html><title>Fernhill</title><p>This page has moved.', {
      status: 404,
      headers: { 'content-type': 'text/html; charset=utf-8', 'x-build': BUILD },
    });
  },
};
`,
  );

export const STOREFRONT_FILES = {
  '/index.html':
    '<!doctype html><html lang="en"><title>Fernhill</title><h1>Plants, tools and books</h1><link rel="stylesheet" href="/site.css">',
  '/site.css': 'body { font-family: system-ui; margin: 2rem auto; max-width: 40rem; }',
  '/robots.txt': 'User-agent: *\nAllow: /\n',
};

/** A service that others ask by a binding, or a page that nobody has yet. */
export const answeringCode = (name: string, number: number, answer: string): Files =>
  build(
    name,
    number,
    `import { BUILD } from './build.js';

export default {
  async fetch(request, env) {
    const url = new URL(request.url);
    return Response.json(${answer}, { headers: { 'x-build': BUILD } });
  },
};
`,
  );

export const reportCode = (number: number): Files =>
  build(
    'nightly-report',
    number,
    `import { BUILD } from './build.js';

export default {
  async scheduled(event, env) {
    const { results } = await env.DB.prepare('select 1 as orders').all();
    console.log(BUILD, 'orders of the day', results[0].orders, 'sent with', env.SMTP_KEY.length, 'characters of a key');
  },
};
`,
  );

export const mailCode = (number: number): Files =>
  build(
    'order-mail',
    number,
    `import { BUILD } from './build.js';

export default {
  async queue(batch) {
    for (const message of batch.messages) console.log(BUILD, 'mail for order', message.body.id);
  },
};
`,
  );
