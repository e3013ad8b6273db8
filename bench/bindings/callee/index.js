import { WorkerEntrypoint } from 'cloudflare:workers';

/** Called by the other: with a request, and by its method. */
export default class extends WorkerEntrypoint {
  fetch() {
    return new Response('called');
  }

  add(one, two) {
    return one + two;
  }
}
