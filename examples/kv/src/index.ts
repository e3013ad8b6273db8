/** The part of Workers KV that this example uses. */
interface Namespace {
  get(key: string): Promise<string | null>;
  put(key: string, value: string, options: { metadata: unknown; expirationTtl?: number }): Promise<void>;
  delete(key: string): Promise<void>;
  list(options: { prefix: string }): Promise<{ keys: readonly { name: string; metadata?: unknown }[] }>;
}

/** Short links: PUT a URL under a name, GET the name to be sent there, DELETE it; GET / lists them. */
export default {
  async fetch(request: Request, { LINKS }: { LINKS: Namespace }): Promise<Response> {
    const name = decodeURIComponent(new URL(request.url).pathname.slice(1));
    if (name === '') {
      const { keys } = await LINKS.list({ prefix: '' });
      return Response.json(keys);
    }
    switch (request.method) {
      case 'PUT':
        await LINKS.put(name, await request.text(), { metadata: { by: request.headers.get('from') ?? 'nobody' } });
        return new Response('stored\n', { status: 201 });
      case 'DELETE':
        await LINKS.delete(name);
        return new Response('deleted\n');
      default: {
        const url = await LINKS.get(name);
        return url === null ? new Response('no such link\n', { status: 404 }) : Response.redirect(url);
      }
    }
  },
};
