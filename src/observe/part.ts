import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Hono } from 'hono';
import type { RecordSink } from './record.ts';

/** Something the observe process does with records: it takes them as they come, answers the API's questions, or both. */
export interface ObservePart extends Partial<RecordSink> {
  /** Its questions on the query socket are below `/<name>`. */
  readonly name: string;
  readonly routes?: Hono;
  /** Of a request below its name that asks for another protocol. Where it is absent such a request is refused. */
  upgrade?(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Whether it wants all of a Worker's invocations, logs and exceptions too, though nothing is sampled. */
  wantsAll?(script: string): boolean;
  /** Ends it, once no more records come. Those who are connected to it are told to leave: before that no server closes. */
  close?(): Promise<void>;
}
