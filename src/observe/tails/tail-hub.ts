import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { Hono } from 'hono';
import { randomIds } from '../../base/index.ts';
import type { ObservePart } from '../part.ts';
import type { InvocationRecord } from '../record.ts';
import type { WatchBoard } from '../watch-board.ts';
import { acceptClient, refuseClient } from './client-socket.ts';
import { tailEvent } from './tail-event.ts';
import { DONE, RESTARTING, TailSession } from './tail-session.ts';
import { MOST_TAILS, type OpenTail, type TailAnswer, type TailRequest } from './terms.ts';

/** So long the answer to a new tail waits for edges to trace the Worker. */
const ATTACH_WITHIN_MS = 5_000;
const TICK_MS = 1_000;

interface Held {
  readonly session: TailSession;
  readonly watch: Disposable;
}

/** All tails there are: the API opens and ends them, clients connect to them, and records are shown to those who asked for them. */
export class TailHub implements ObservePart {
  readonly name = 'tails';
  readonly routes: Hono;
  readonly #board: WatchBoard;
  readonly #now: () => number;
  readonly #byToken = new Map<string, Held>();
  readonly #byScript = new Map<string, Set<Held>>();
  #ticking: NodeJS.Timeout | undefined;

  constructor(board: WatchBoard, now: () => number = Date.now) {
    this.#board = board;
    this.#now = now;
    this.routes = this.#routes();
  }

  take(record: InvocationRecord): void {
    const held = this.#byScript.get(record.script);
    if (held === undefined) return;
    const now = this.#now();
    let text: string | undefined;
    for (const { session } of held) session.offer(record, now, () => (text ??= JSON.stringify(tailEvent(record))));
  }

  wantsAll(script: string): boolean {
    return this.#byScript.has(script);
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const token = /^\/tails\/([\w-]+)$/.exec(request.url ?? '')?.[1] ?? '';
    const session = this.#byToken.get(token)?.session;
    if (session === undefined) return refuseClient(socket, 404, 'There is no such tail: it has ended, or expired.');
    if (session.isConnected) return refuseClient(socket, 409, 'This tail is being read. Open another one.');
    acceptClient(request, socket, head, (client) => session.connect(client, this.#now));
  }

  /** Of a Worker with its most tails one whose client is gone makes room: that opens another one instead of coming back. */
  open({ script, filters }: TailRequest): OpenTail | undefined {
    const others = this.#byScript.get(script) ?? new Set();
    if (others.size >= MOST_TAILS) {
      const left = [...others].find(({ session }) => session.isLeft);
      if (left === undefined) return undefined;
      this.#end(left, DONE, 'Another tail took its place.');
    }
    const token = randomBytes(24).toString('base64url');
    const session = new TailSession({ id: randomIds.hex32(), token, script, filters, openedAt: this.#now() });
    const held = { session, watch: this.#board.hold(script) };
    this.#byToken.set(token, held);
    this.#byScript.set(script, (this.#byScript.get(script) ?? new Set<Held>()).add(held));
    this.#ticking ??= setInterval(() => this.#tick(), TICK_MS);
    return shown(session);
  }

  of(script: string): readonly OpenTail[] {
    return [...(this.#byScript.get(script) ?? [])].map(({ session }) => shown(session));
  }

  /** Whether there was one of that id. */
  end(script: string, id: string): boolean {
    const held = [...(this.#byScript.get(script) ?? [])].find(({ session }) => session.terms.id === id);
    if (held !== undefined) this.#end(held, DONE, 'The tail was deleted.');
    return held !== undefined;
  }

  /** Clients come back to the process that follows. */
  async close(): Promise<void> {
    for (const held of this.#byToken.values()) this.#end(held, RESTARTING, 'The server is restarting.');
  }

  #end(held: Held, code: number, reason: string): void {
    const { token, script } = held.session.terms;
    held.session.end(code, reason);
    held.watch[Symbol.dispose]();
    this.#byToken.delete(token);
    const others = this.#byScript.get(script);
    others?.delete(held);
    if (others?.size === 0) this.#byScript.delete(script);
    if (this.#byToken.size > 0) return;
    clearInterval(this.#ticking);
    this.#ticking = undefined;
  }

  #tick(): void {
    const now = this.#now();
    for (const held of this.#byToken.values()) if (held.session.tick(now)) this.#end(held, DONE, 'The tail has expired.');
  }

  #routes(): Hono {
    const routes = new Hono();
    // Asked by the API alone, which has checked what it sends.
    routes.post('/', async (c) => {
      const asked = await c.req.json<TailRequest>();
      const tail = this.open(asked);
      const answer: TailAnswer = tail === undefined ? { tail: null } : { tail, isAttached: await this.#attached(asked.script) };
      return c.json(answer);
    });
    routes.get('/:script', (c) => c.json(this.of(c.req.param('script'))));
    routes.delete('/:script/:id', (c) => (this.end(c.req.param('script'), c.req.param('id')) ? c.json({}) : c.json({}, 404)));
    return routes;
  }

  /** Waits until edges say that the Worker's processes are traced; what they answer from then on is shown. */
  async #attached(script: string): Promise<boolean> {
    if (this.#board.isAttached(script)) return true;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const leave = this.#board.follow(() => this.#board.isAttached(script) && resolve(true));
    const late = setTimeout(() => resolve(false), ATTACH_WITHIN_MS);
    try {
      return await promise;
    } finally {
      clearTimeout(late);
      leave();
    }
  }
}

const shown = ({ terms: { id, token }, expiresAt }: TailSession): OpenTail => ({ id, token, expiresAt });
