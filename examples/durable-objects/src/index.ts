import { DurableObject } from 'cloudflare:workers';

interface Env {
  COUNTERS: { getByName(name: string): Counter };
}

/** One counter: there is one object of each name, so that no count is lost however many count at once. */
export class Counter extends DurableObject {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    ctx.storage.sql.exec('CREATE TABLE IF NOT EXISTS visits (at INTEGER, by TEXT)');
  }

  count(by: string): number {
    this.ctx.storage.sql.exec('INSERT INTO visits VALUES (?, ?)', Date.now(), by);
    return this.total();
  }

  total(): number {
    return this.ctx.storage.sql.exec('SELECT count(*) AS n FROM visits').one().n;
  }

  /** Begins anew after so many seconds, whether anybody asks or not. */
  async resetIn(seconds: number): Promise<void> {
    await this.ctx.storage.setAlarm(Date.now() + seconds * 1000);
  }

  async alarm(): Promise<void> {
    this.ctx.storage.sql.exec('DELETE FROM visits');
  }
}

/** POST /name counts, GET /name says how often, POST /name?reset=60 has the counter begin anew in a minute. */
export default {
  async fetch(request: Request, { COUNTERS }: Env): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    const counter = COUNTERS.getByName(pathname.slice(1));
    if (request.method !== 'POST') return new Response(`${await counter.total()}\n`);
    const reset = Number(searchParams.get('reset'));
    if (reset === 0) return new Response(`${await counter.count(request.headers.get('user-agent') ?? '')}\n`);
    await counter.resetIn(reset);
    return new Response(`begins anew in ${reset} s\n`);
  },
};

/** The part of Durable Objects that this example uses. */
interface DurableObjectState {
  readonly storage: {
    readonly sql: { exec(query: string, ...values: unknown[]): { one(): { n: number } } };
    setAlarm(at: number): Promise<void>;
  };
}
