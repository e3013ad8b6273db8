import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';

/** Which address a name has when it is asked for the so-and-so-manieth time. */
export type AddressOf = (name: string, asked: number) => string | undefined;

/** A name server for this machine, where it may have the port. */
export const aNameServer = async (addressOf: AddressOf): Promise<Socket> => {
  const times = new Map<string, number>();
  const socket = createSocket('udp4');
  socket.on('message', (query, from) => socket.send(answerTo(query, addressOf, times), from.port, from.address));
  await once(socket.bind(53, '127.0.0.1'), 'listening');
  return socket;
};

/** As much of a name server as the resolver needs (RFC 1035): one question, one address or none. */
const answerTo = (query: Buffer, addressOf: AddressOf, times: Map<string, number>): Buffer => {
  const labels: string[] = [];
  let at = 12;
  for (let length = query.readUInt8(at); length > 0; length = query.readUInt8(at)) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  const name = labels.join('.').toLowerCase();
  const isForIPv4 = query.readUInt16BE(at + 1) === 1;
  const asked = times.get(name) ?? 0;
  const address = isForIPv4 ? addressOf(name, asked) : undefined;
  if (isForIPv4) times.set(name, asked + 1);
  const head = Buffer.from(query.subarray(0, 12));
  head.writeUInt16BE(0x8180, 2);
  head.writeUInt16BE(address === undefined ? 0 : 1, 6);
  head.writeUInt32BE(0, 8);
  const record = address === undefined ? [] : [0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, ...address.split('.').map(Number)];
  return Buffer.concat([head, query.subarray(12, at + 5), Buffer.from(record)]);
};
