// Files under public/ are answered before this Worker is asked; it gets /api/* and what is no file.
export default {
  async fetch(request, env) {
    const url = new URL(request.url);
    if (url.pathname === '/api/title') {
      const page = await env.ASSETS.fetch(new URL('/', url));
      const title = /<title>(.*)<\/title>/.exec(await page.text());
      return Response.json({ title: title?.[1] });
    }
    return env.ASSETS.fetch(request);
  },
};
