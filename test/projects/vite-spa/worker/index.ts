interface Env {
  readonly VERSION: { readonly id: string; readonly tag: string };
}

export default {
  fetch(request: Request, env: Env): Response {
    const { pathname } = new URL(request.url);
    if (pathname === '/api/version') return Response.json(env.VERSION);
    if (pathname.startsWith('/api/notes/')) return new Response(`Note ${decodeURIComponent(pathname.slice('/api/notes/'.length))}`);
    return new Response('There is nothing here.', { status: 404 });
  },
};
