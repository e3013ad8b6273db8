import { RpcTarget, WorkerEntrypoint } from 'cloudflare:workers';

/** A stub of it goes to the caller; it stays here until the caller lets it go. */
class Basket extends RpcTarget {
  #total = 0;

  add(price) {
    this.#total += price;
    return this.#total;
  }
}

export default class Back extends WorkerEntrypoint {
  fetch(request) {
    return Response.json({ asked: new URL(request.url).pathname, version: this.version() });
  }

  version() {
    return this.env.VERSION.tag || 'untagged';
  }

  basket() {
    return new Basket();
  }

  async each(items, callback) {
    for (const item of items) await callback(item.toUpperCase());
    return items.length;
  }

  async slowly(milliseconds) {
    await scheduler.wait(milliseconds);
    return this.version();
  }
}

/** Its callers are told apart by the props of their bindings. */
export class Admin extends WorkerEntrypoint {
  greeting() {
    return `Hello, ${this.ctx.props.role}`;
  }
}
