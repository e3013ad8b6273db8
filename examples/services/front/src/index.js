const pages = {
  // The request goes on as it is: with the headers that choose a version of the other Worker, too.
  '/fetch': async (env, request) => (await env.BACK.fetch(request)).json(),
  '/version': (env) => env.BACK.version(),
  '/slowly': (env) => env.BACK.slowly(1500),
  '/basket': async (env) => {
    using basket = await env.BACK.basket();
    await basket.add(3);
    return basket.add(4);
  },
  '/each': async (env) => {
    const seen = [];
    await env.BACK.each(['a', 'b'], (item) => void seen.push(item));
    return seen;
  },
  '/greeting': (env) => env.ADMIN.greeting(),
  // Calls itself for ever, and is stopped.
  '/ring': async (env, request) => (await env.SELF.fetch(request.url)).json(),
};

export default {
  async fetch(request, env) {
    const page = pages[new URL(request.url).pathname];
    if (page === undefined) return new Response('Not found\n', { status: 404 });
    try {
      return Response.json(await page(env, request));
    } catch (error) {
      return Response.json({ failed: error.message }, { status: 500 });
    }
  },
};
