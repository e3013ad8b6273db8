interface Env {
  readonly GREETING: string;
  readonly DOORS: Readonly<Record<string, string>>;
  /** Undefined until `wrangler secret put PASSWORD`. */
  readonly PASSWORD?: string;
}

export default {
  fetch(request: Request, { GREETING, DOORS, PASSWORD }: Env): Response {
    const isKnown = PASSWORD !== undefined && request.headers.get('authorization') === `Bearer ${PASSWORD}`;
    if (!isKnown) return new Response('Who is there?\n', { status: 401 });
    return Response.json({ greeting: GREETING, doors: DOORS });
  },
};
