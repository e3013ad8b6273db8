/** A guest book: `/sign?name=Ada` writes a line, `/` reads them all. Each line says which version wrote it. */
export default {
  async fetch(request, env) {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === '/sign') {
      const name = searchParams.get('name') ?? 'somebody';
      const { meta } = await env.DB.prepare('INSERT INTO guests (name, version) VALUES (?, ?)').bind(name, env.VERSION.tag).run();
      return Response.json({ id: meta.last_row_id, version: env.VERSION.tag });
    }
    const { results } = await env.DB.prepare(
      'SELECT name, version, count(guest_id) AS visits FROM guests LEFT JOIN visits ON guest_id = id GROUP BY id ORDER BY id',
    ).all();
    return Response.json(results);
  },
};
