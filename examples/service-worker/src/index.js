// In this syntax bindings are global variables.
addEventListener('fetch', (event) => {
  event.respondWith(new Response(`${GREETING}\n`));
});
