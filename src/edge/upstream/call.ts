import type { Socket } from 'node:net';
import type { AnswerHead } from './answer-head.ts';
import { AnswerReader, type Listening } from './answer-reader.ts';
import { UpstreamFailure } from './failure.ts';
import { requestText, type UpstreamRequest } from './request-text.ts';
import { Upload } from './upload.ts';

/** Who asked hears in this order: the head, pieces of the body, and then the end or, at any time, why there will be none. */
export interface Asking {
  onHead(status: number, words: string, headers: readonly string[]): void;
  /** The head has come and its body has not: it should not wait for it. */
  onHeadAlone(): void;
  /** False: no more until {@link Call.resume}. Once nobody reads the piece any more it may be given back (pieces.ts). */
  onPiece(piece: Buffer): boolean;
  onEnd(last: Buffer | undefined): void;
  /** An {@link UpstreamFailure}, or what ended the request's body. */
  onFailure(error: Error): void;
}

/** One request and its answer on a connection that nobody else uses meanwhile. */
export class Call implements Listening {
  readonly #request: UpstreamRequest;
  readonly #text: string;
  readonly #asking: Asking;
  readonly #reader: AnswerReader;
  #socket: Socket | undefined;
  #upload: Upload | undefined;
  #isHeadAlone = false;
  #isKept = false;
  #isDone = false;

  /** Throws `unsendable`. */
  constructor(request: UpstreamRequest, asking: Asking) {
    this.#text = requestText(request);
    this.#request = request;
    this.#asking = asking;
    this.#reader = new AnswerReader(this, request.method === 'HEAD');
  }

  /** No more is to be told. */
  get isDone(): boolean {
    return this.#isDone;
  }

  /** Its connection may carry another call. */
  get leavesConnection(): boolean {
    return this.#isDone && this.#isKept && (this.#upload?.isDone ?? true);
  }

  /** The head of the answer is still to come. */
  get isUnanswered(): boolean {
    return !this.#reader.hasHead;
  }

  /** Written and not taken by the runtime. */
  get waitingBytes(): number {
    return this.#socket?.writableLength ?? 0;
  }

  begin(socket: Socket): void {
    if (this.#isDone) return void socket.destroy();
    const { body, isChunked } = this.#request;
    this.#socket = socket;
    if (body === null) return void socket.write(this.#text, 'latin1');
    // With as much of the body as is here already: the runtime ends a connection whose request was answered before it was whole.
    socket.cork();
    setImmediate(() => socket.uncork());
    socket.write(this.#text, 'latin1');
    this.#upload = new Upload(body, socket, isChunked, (error) => this.fail(error));
  }

  read(bytes: Buffer): void {
    this.#reader.read(bytes);
    if (!this.#isHeadAlone) return;
    this.#isHeadAlone = false;
    this.#asking.onHeadAlone();
  }

  /** Its connection is gone. */
  connectionEnded(error: Error | undefined): void {
    if (error instanceof UpstreamFailure) return this.fail(error);
    const reason = this.#isUnread(error) ? 'unreachable' : 'broke_off';
    this.fail(new UpstreamFailure(reason, error?.message ?? 'The runtime ended the connection.', { cause: error }));
  }

  /** No byte of it was read by anybody: there was no connection, or its other end had gone before the first write. */
  #isUnread(error: NodeJS.ErrnoException | undefined): boolean {
    return this.#socket === undefined || (error?.code === 'EPIPE' && this.#request.body === null && !this.#reader.hasBegun);
  }

  /** Nothing is told any more, and the connection ends with it. */
  abort(): void {
    this.#isDone = true;
    this.#request.body?.destroy();
    this.#socket?.destroy();
  }

  /** A body of which nothing was read stays as it is, for whoever sends it again. */
  fail(error: Error): void {
    if (this.#isDone) return;
    this.#isDone = true;
    if (this.#upload !== undefined) this.#request.body?.destroy();
    this.#socket?.destroy();
    this.#asking.onFailure(error);
  }

  resume(): void {
    if (!this.#isDone) this.#socket?.resume();
  }

  onHead({ status, words, headers, isKept }: AnswerHead): void {
    this.#isKept = isKept;
    this.#isHeadAlone = true;
    if (!this.#isDone) this.#asking.onHead(status, words, headers);
  }

  onPiece(piece: Buffer): void {
    this.#isHeadAlone = false;
    if (!this.#isDone && !this.#asking.onPiece(piece)) this.#socket?.pause();
  }

  onEnd(last: Buffer | undefined): void {
    this.#isHeadAlone = false;
    if (this.#isDone) return;
    this.#isDone = true;
    if (this.#upload?.isDone === false) this.#request.body?.destroy();
    this.#asking.onEnd(last);
  }
}
