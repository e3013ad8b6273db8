/** HTTP/2 frame by frame (RFC 9113), with headers as no proper client would send them (RFC 7541). */
import { once } from 'node:events';
import { connect, type TLSSocket } from 'node:tls';

export const TYPE = {
  data: 0,
  headers: 1,
  priority: 2,
  reset: 3,
  settings: 4,
  ping: 6,
  goAway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;
export const END_STREAM = 1;
export const END_HEADERS = 4;
const ACK = 1;

export const frame = (type: number, flags: number, stream: number, payload: Buffer = Buffer.alloc(0)): Buffer => {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.byteLength, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
};

export const word = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

/** One setting of a SETTINGS frame. */
export const setting = (id: number, value: number): Buffer => Buffer.concat([Buffer.from([0, id]), word(value)]);

/** An integer with a prefix of so many bits (RFC 7541 5.1). */
const integer = (value: number, bits: number, pattern = 0): Buffer => {
  const most = 2 ** bits - 1;
  if (value < most) return Buffer.from([pattern + value]);
  const bytes = [pattern + most];
  let left = value - most;
  for (; left >= 128; left = Math.floor(left / 128)) bytes.push(128 + (left % 128));
  return Buffer.from([...bytes, left]);
};

const text = (value: string): Buffer => Buffer.concat([integer(Buffer.byteLength(value), 7), Buffer.from(value)]);

/** A header spelled out; `isKept` puts it into the connection's table, as its newest entry. */
export const literal = (name: string, value: string, isKept = false): Buffer =>
  Buffer.concat([Buffer.from([isKept ? 0x40 : 0]), text(name), text(value)]);

/** A header of the table; 62 is the newest of the connection's own. */
export const indexed = (index: number): Buffer => integer(index, 7, 0x80);

/** The least a request is made of. */
export const aHead = (host: string, path = '/', method = 'GET'): Buffer =>
  Buffer.concat([literal(':method', method), literal(':scheme', 'https'), literal(':authority', host), literal(':path', path)]);

export interface Received {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
}

/** A connection that said its preface and nothing after it. */
export class RawSession {
  readonly socket: TLSSocket;
  readonly received: Received[] = [];
  /** Resolves when it is closed, whoever closed it. */
  readonly closed: Promise<void>;
  #bytes = Buffer.alloc(0);

  private constructor(socket: TLSSocket) {
    this.socket = socket;
    this.closed = new Promise((resolve) => void socket.once('close', () => resolve()));
    socket.on('data', (data: Buffer) => this.#read(data)).on('error', () => socket.destroy());
  }

  static async open(port: number, servername: string, settings: Buffer = Buffer.alloc(0)): Promise<RawSession> {
    const socket = connect({ port, host: '127.0.0.1', servername, ALPNProtocols: ['h2'], rejectUnauthorized: false });
    await once(socket, 'secureConnect');
    const session = new RawSession(socket);
    socket.write(
      Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), frame(TYPE.settings, 0, 0, settings), frame(TYPE.settings, ACK, 0)]),
    );
    return session;
  }

  /** What was received of a type. */
  of(type: number): readonly Received[] {
    return this.received.filter((each) => each.type === type);
  }

  #read(data: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, data]);
    while (this.#bytes.byteLength >= 9) {
      const end = 9 + this.#bytes.readUIntBE(0, 3);
      if (this.#bytes.byteLength < end) return;
      const [type, flags] = [this.#bytes.readUInt8(3), this.#bytes.readUInt8(4)];
      this.received.push({ type, flags, stream: this.#bytes.readUInt32BE(5) % 2 ** 31, payload: this.#bytes.subarray(9, end) });
      this.#bytes = this.#bytes.subarray(end);
    }
  }
}
