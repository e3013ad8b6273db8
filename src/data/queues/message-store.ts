import type { Fate, Ready } from './rules.ts';
import { LocalDatabase } from '../local-database.ts';

/** Forward only: what stands here is never changed, a new step is added. */
const STEPS: readonly string[] = [
  `create table queues (
    id integer primary key autoincrement, name text not null unique, delivery_delay integer not null, retention integer not null,
    purged_at integer, count integer not null default 0, bytes integer not null default 0
  );
  create table messages (
    seq integer primary key autoincrement, queue integer not null, id text not null unique, format text not null, body blob not null,
    bytes integer not null, sent_at integer not null, arrived_at integer not null, visible_at integer not null,
    attempts integer not null default 0
  );
  create index messages_in_turn on messages (queue, visible_at, seq, bytes, attempts);
  create index messages_by_age on messages (queue, arrived_at);
  create trigger message_arrives after insert on messages begin
    update queues set count = count + 1, bytes = bytes + new.bytes where id = new.queue;
  end;
  create trigger message_leaves after delete on messages begin
    update queues set count = count - 1, bytes = bytes - old.bytes where id = old.queue;
  end;
  create trigger message_moves after update of queue on messages begin
    update queues set count = count - 1, bytes = bytes - old.bytes where id = old.queue;
    update queues set count = count + 1, bytes = bytes + new.bytes where id = new.queue;
  end;`,
];

export type Format = 'v8' | 'json' | 'text' | 'bytes';

export interface StoredQueue {
  readonly id: number;
  readonly name: string;
  /** Seconds. */
  readonly deliveryDelay: number;
  readonly retention: number;
  readonly purgedAt: number | null;
  readonly count: number;
  readonly bytes: number;
}

export interface NewMessage {
  readonly id: string;
  readonly format: Format;
  readonly body: Uint8Array;
  readonly visibleAt: number;
}

export interface StoredMessage {
  readonly id: string;
  readonly format: Format;
  readonly body: Uint8Array;
  readonly sentAt: number;
  readonly attempts: number;
}

/**
 * Queues and their messages in one file. Which messages are out with a consumer is not in it: nobody has any once this process has
 * ended, so that each is there to be delivered again.
 */
export class MessageStore implements Disposable {
  readonly #database: LocalDatabase;
  readonly #statements: ReturnType<typeof statementsOn>;

  constructor(path: string) {
    this.#database = new LocalDatabase({ path, steps: STEPS, failpoint: 'queues:commit' });
    this.#database.sql.exec('pragma temp_store = memory; create temp table leased (seq integer primary key)');
    this.#statements = statementsOn(this.#database.sql);
  }

  /** Resolves when what `work` did is durable; it calls the methods below. */
  change<Value>(work: () => Value): Promise<Value> {
    return this.#database.change(work);
  }

  queue(name: string): StoredQueue | undefined {
    // The row is what the query selects.
    return this.#statements.queue.get(name) as unknown as StoredQueue | undefined;
  }

  queues(): readonly StoredQueue[] {
    return this.#statements.queues.all() as unknown as StoredQueue[];
  }

  putQueue(name: string, { deliveryDelay, retention }: Pick<StoredQueue, 'deliveryDelay' | 'retention'>): void {
    this.#statements.putQueue.run(name, deliveryDelay, retention);
  }

  empty(queue: number, now: number): void {
    this.#statements.empty.run(queue);
    this.#statements.notePurge.run(now, queue);
  }

  deleteQueue(queue: number): void {
    this.#statements.empty.run(queue);
    this.#statements.deleteQueue.run(queue);
  }

  insert(queue: number, { id, format, body, visibleAt }: NewMessage, now: number): void {
    this.#statements.insert.run(queue, id, format, body, body.byteLength, now, now, visibleAt);
  }

  /** The next messages in turn that nobody has, with those whose time is yet to come. */
  inTurn(queue: number, limit: number): readonly Ready[] {
    return this.#statements.inTurn.all(queue, limit) as unknown as Ready[];
  }

  oldest(queue: number): number | undefined {
    return (this.#statements.oldest.get(queue) as { sentAt: number } | undefined)?.sentAt;
  }

  lease(seqs: readonly number[]): readonly StoredMessage[] {
    return seqs.map((seq) => {
      this.#statements.lease.run(seq);
      return this.#statements.message.get(seq) as unknown as StoredMessage;
    });
  }

  release(seqs: readonly number[]): void {
    for (const seq of seqs) this.#statements.release.run(seq);
  }

  /** How often a message of this queue was tried; undefined where it is gone, purged say. */
  attempts(queue: number, id: string): number | undefined {
    return (this.#statements.attempts.get(queue, id) as { attempts: number } | undefined)?.attempts;
  }

  apply(queue: number, id: string, fate: Fate, now: number): void {
    switch (fate.kind) {
      case 'done':
      case 'dropped':
        return void this.#statements.delete.run(queue, id);
      case 'retried':
        return void this.#statements.retry.run(fate.visibleAt, queue, id);
      case 'buried':
        return void this.#statements.bury.run(fate.queue, now, now, queue, id);
    }
  }

  hasExpired({ id, retention }: Pick<StoredQueue, 'id' | 'retention'>, now: number): boolean {
    return this.#statements.expired.get(id, now - retention * 1000) !== undefined;
  }

  /** Deletes what has been in its queue for longer than it is kept. Answers how many that were. */
  expire({ id, retention }: Pick<StoredQueue, 'id' | 'retention'>, now: number, limit: number): number {
    return Number(this.#statements.expire.run(id, now - retention * 1000, limit).changes);
  }

  [Symbol.dispose](): void {
    this.#database[Symbol.dispose]();
  }
}

const QUEUE = 'select id, name, delivery_delay as deliveryDelay, retention, purged_at as purgedAt, count, bytes from queues';

const statementsOn = (sql: LocalDatabase['sql']) => ({
  queue: sql.prepare(`${QUEUE} where name = ?`),
  queues: sql.prepare(QUEUE),
  putQueue: sql.prepare(
    `insert into queues (name, delivery_delay, retention) values (?, ?, ?)
    on conflict (name) do update set delivery_delay = excluded.delivery_delay, retention = excluded.retention`,
  ),
  empty: sql.prepare('delete from messages where queue = ?'),
  notePurge: sql.prepare('update queues set purged_at = ? where id = ?'),
  deleteQueue: sql.prepare('delete from queues where id = ?'),
  insert: sql.prepare(
    'insert into messages (queue, id, format, body, bytes, sent_at, arrived_at, visible_at) values (?, ?, ?, ?, ?, ?, ?, ?)',
  ),
  inTurn: sql.prepare(
    `select seq, bytes, visible_at as visibleAt, attempts from messages
    where queue = ? and seq not in (select seq from temp.leased) order by visible_at, seq limit ?`,
  ),
  oldest: sql.prepare('select sent_at as sentAt from messages where queue = ? order by arrived_at limit 1'),
  lease: sql.prepare('insert or ignore into temp.leased (seq) values (?)'),
  release: sql.prepare('delete from temp.leased where seq = ?'),
  message: sql.prepare('select id, format, body, sent_at as sentAt, attempts from messages where seq = ?'),
  attempts: sql.prepare('select attempts from messages where id = ?2 and queue = ?1'),
  delete: sql.prepare('delete from messages where id = ?2 and queue = ?1'),
  retry: sql.prepare('update messages set attempts = attempts + 1, visible_at = ?1 where id = ?3 and queue = ?2'),
  bury: sql.prepare(
    `update messages set attempts = 0, queue = (select id from queues where name = ?1), arrived_at = ?2, visible_at = ?3
    where id = ?5 and queue = ?4`,
  ),
  expired: sql.prepare('select 1 from messages where queue = ? and arrived_at <= ? limit 1'),
  expire: sql.prepare('delete from messages where seq in (select seq from messages where queue = ?1 and arrived_at <= ?2 limit ?3)'),
});
