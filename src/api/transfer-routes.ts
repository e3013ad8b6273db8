import { Hono } from 'hono';
import type { Api } from './api.ts';
import { byteAnswer, byteBody } from './byte-body.ts';
import { failure } from './envelope.ts';
import { ownUrl } from './own-url.ts';

/** D1's own limit is 5 GB; a file this large takes some twenty seconds to run. */
const MOST_UPLOADED_BYTES = 500_000_000;

const PATH = '/d1/transfers';

/** Where clients send and fetch files of SQL. They show no token there, so the address itself is the secret. */
export const transferRoutes = (api: Api): Hono => {
  const { transfers } = api.d1;
  const routes = new Hono();
  routes.put(`${PATH}/:ticket`, async (c) => {
    const ticket = c.req.param('ticket');
    if (!transfers.awaits(ticket)) return failure(unknownTicket(c.req.path));
    const body = byteBody(c.req.raw, MOST_UPLOADED_BYTES);
    if (!body.ok) return failure(body.refusal);
    const md5 = await transfers.write(ticket, body.value.bytes);
    return c.body(null, 200, { etag: `"${md5}"` });
  });
  routes.get(`${PATH}/:ticket`, async (c) => {
    const ticket = c.req.param('ticket');
    const size = await transfers.sizeOf(ticket);
    if (size === undefined) return failure(unknownTicket(c.req.path));
    return byteAnswer(transfers.read(ticket), {
      'content-type': 'application/sql',
      'content-length': String(size),
      'cache-control': 'no-store',
    });
  });
  return routes;
};

const unknownTicket = (path: string) => ({ code: 'path_unknown', method: 'GET', path }) as const;

export const transferUrl = (api: Api, headers: Headers, ticket: string): string => `${ownUrl(api, headers)}${PATH}/${ticket}`;
