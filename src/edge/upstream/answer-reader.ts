import { parseAnswerHead, type AnswerHead } from './answer-head.ts';
import { malformed } from './failure.ts';
import { giveBack, isLent, pieceOf } from './pieces.ts';

/** Whom a reader tells what it read: the head once, then pieces of the body, then the end. */
export interface Listening {
  onHead(head: AnswerHead): void;
  onPiece(piece: Buffer): void;
  /** With the last piece, where the end came together with it. */
  onEnd(last: Buffer | undefined): void;
}

type State = 'head' | 'sized' | 'chunk_size' | 'chunk_extension' | 'chunk' | 'chunk_end' | 'trailer' | 'done';

const MOST_HEAD_BYTES = 128 * 1024;
const HEAD_END = '\r\n\r\n';
const CR = 13;
const LF = 10;
const SEMICOLON = 59;
/** One more digit would be beyond what a number holds exactly. */
const MOST_SIZE_DIGITS = 13;

/** Reads one answer from the bytes of a connection (RFC 9112), however they are cut. Throws at what is not HTTP. */
export class AnswerReader {
  readonly #listening: Listening;
  readonly #isHead: boolean;
  #state: State = 'head';
  /** What came of a head that is not whole. */
  #early: Buffer | undefined;
  /** Bytes of the body, or of its chunk, that are still to come. */
  #left = 0;
  #sizeDigits = 0;
  #isAfterCr = false;
  #isEmptyLine = true;
  /** What came of the body with these bytes, in one piece; held back until it is known whether the end comes with them too. */
  #piece: Buffer | undefined;
  #pieceBytes = 0;

  /** `isHead`: the request was a HEAD, whose answer has no body whatever its head says. */
  constructor(listening: Listening, isHead: boolean) {
    this.#listening = listening;
    this.#isHead = isHead;
  }

  /** Something of the answer has come. */
  get hasBegun(): boolean {
    return this.#state !== 'head' || this.#early !== undefined;
  }

  get hasHead(): boolean {
    return this.#state !== 'head';
  }

  /** Keeps nothing of `chunk`, which may be written over afterwards. */
  read(chunk: Buffer): void {
    const bytes = this.#early === undefined ? chunk : Buffer.concat([this.#early, chunk]);
    for (let at = 0; at < bytes.length;) at = this.#step(bytes, at);
    const piece = this.#takePiece();
    if (piece !== undefined) this.#listening.onPiece(piece);
  }

  #takePiece(): Buffer | undefined {
    const piece = this.#piece?.subarray(0, this.#pieceBytes);
    this.#piece = undefined;
    this.#pieceBytes = 0;
    return piece;
  }

  /** Reads on from `at`, and answers how far it came. */
  #step(bytes: Buffer, at: number): number {
    switch (this.#state) {
      case 'head':
        return this.#readHead(bytes, at);
      case 'sized':
      case 'chunk':
        return this.#readPiece(bytes, at);
      case 'chunk_size':
        return this.#readSize(bytes[at] ?? 0, at);
      case 'chunk_extension':
        return this.#skipExtension(bytes[at] ?? 0, at);
      case 'chunk_end':
        return this.#readChunkEnd(bytes[at] ?? 0, at);
      case 'trailer':
        return this.#skipTrailer(bytes[at] ?? 0, at);
      case 'done':
        throw malformed('bytes follow its end');
    }
  }

  #readHead(bytes: Buffer, at: number): number {
    const end = bytes.indexOf(HEAD_END, at, 'latin1');
    const until = end === -1 ? bytes.length : end;
    if (until - at > MOST_HEAD_BYTES) throw malformed('its head is too large');
    this.#early = end === -1 ? Buffer.from(bytes.subarray(at)) : undefined;
    if (end === -1) return until;
    const head = parseAnswerHead(bytes.toString('latin1', at, end), this.#isHead);
    if (head.status === 101) throw malformed('it switches protocols unasked');
    // Interim answers are the edge's to give; the answer itself follows.
    if (head.status >= 200) this.#expect(head);
    return end + HEAD_END.length;
  }

  #expect(head: AnswerHead): void {
    this.#listening.onHead(head);
    if (head.body === 'chunked') return this.#expectChunk();
    if (head.body === 0) return this.#end();
    this.#left = head.body;
    this.#state = 'sized';
  }

  #readPiece(bytes: Buffer, at: number): number {
    const end = Math.min(bytes.length, at + this.#left);
    // Chunks that come together go on together.
    this.#piece ??= this.#state === 'sized' && end - at === this.#left ? Buffer.allocUnsafe(end - at) : pieceOf(bytes.length - at);
    this.#pieceBytes += bytes.copy(this.#piece, this.#pieceBytes, at, end);
    this.#left -= end - at;
    if (this.#left > 0) return end;
    if (this.#state === 'sized') this.#end();
    else this.#state = 'chunk_end';
    return end;
  }

  #expectChunk(): void {
    this.#state = 'chunk_size';
    this.#left = 0;
    this.#sizeDigits = 0;
  }

  #readSize(byte: number, at: number): number {
    const digit = hexDigit(byte);
    if (digit === -1) {
      if (this.#sizeDigits === 0 || (byte !== CR && byte !== SEMICOLON)) throw malformed('a chunk has no size');
      this.#state = 'chunk_extension';
      return at;
    }
    this.#sizeDigits += 1;
    if (this.#sizeDigits > MOST_SIZE_DIGITS) throw malformed('a chunk is too large');
    this.#left = this.#left * 16 + digit;
    return at + 1;
  }

  /** The rest of the size's line; extensions mean nothing to us. */
  #skipExtension(byte: number, at: number): number {
    if (this.#endsLine(byte)) this.#state = this.#left === 0 ? 'trailer' : 'chunk';
    return at + 1;
  }

  #readChunkEnd(byte: number, at: number): number {
    if (byte !== CR && byte !== LF) throw malformed('a chunk is longer than it says');
    if (this.#endsLine(byte)) this.#expectChunk();
    return at + 1;
  }

  /** Trailers end here: the edge forwards none. An empty line is the end of the answer. */
  #skipTrailer(byte: number, at: number): number {
    if (!this.#endsLine(byte)) this.#isEmptyLine &&= byte === CR;
    else if (this.#isEmptyLine) this.#end();
    else this.#isEmptyLine = true;
    return at + 1;
  }

  /** CR and LF come together, and only there. */
  #endsLine(byte: number): boolean {
    if (this.#isAfterCr !== (byte === LF)) throw malformed('a line ends in another way than CR LF');
    this.#isAfterCr = byte === CR;
    return byte === LF;
  }

  #end(): void {
    const last = this.#takePiece();
    this.#state = 'done';
    this.#listening.onEnd(last === undefined || !isLent(last) ? last : ownCopy(last));
  }
}

/** When the last piece is read by nobody any more is not told. */
const ownCopy = (piece: Buffer): Buffer => {
  const copy = Buffer.from(piece);
  giveBack(piece);
  return copy;
};

const hexDigit = (byte: number): number => {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const lower = byte | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
};
