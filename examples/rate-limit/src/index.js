/** Everybody may guess three times a minute, by name. */
export default {
  async fetch(request, env) {
    const { searchParams } = new URL(request.url);
    const name = searchParams.get('name') ?? 'somebody';
    const { success } = await env.GUESSES.limit({ key: name });
    if (!success) return new Response(`Slow down, ${name}.\n`, { status: 429 });
    return new Response(searchParams.get('word') === 'sesame' ? 'Open!\n' : 'No.\n');
  },
};
