/** Makes an answer at most once in ten seconds; in between everybody gets the one that is kept. */
export default {
  async fetch(request, _env, ctx) {
    const cache = caches.default;
    const kept = await cache.match(request);
    if (kept !== undefined) return kept;
    const made = new Response(`Made at ${new Date().toISOString()}\n`, { headers: { 'cache-control': 'max-age=10' } });
    ctx.waitUntil(cache.put(request, made.clone()));
    return made;
  },
};
