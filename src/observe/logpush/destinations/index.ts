import { createHash, randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { accept, refuse, type Result } from '../../../base/index.ts';
import { readDestination, type LogpushRefusal } from '../../../domain/index.ts';
import { fileTarget, isBelow } from './file.ts';
import { AddressGuard, PrivateAddress, type DestinationRules } from './guard.ts';
import { httpTarget } from './http.ts';
import { DeliveryFailure, type Target } from './outgoing.ts';
import { s3Target } from './s3.ts';

export { PrivateAddress, type DestinationRules } from './guard.ts';
export { DeliveryFailure, unreadableFile, type OutgoingFile, type Target } from './outgoing.ts';

const UNENCRYPTED = 'http:// sends what it is given unencrypted, and mostly inside';

/** What takes files at a `destination_conf`, or why none may go there. */
export const targetOf = (conf: string, rules: DestinationRules): Result<Target, LogpushRefusal> => {
  const read = readDestination(conf);
  if (!read.ok) return refuse({ code: 'logpush_destination_invalid', fault: read.refusal });
  const destination = read.value;
  if (destination.scheme === 'file') {
    const root = rules.fileRoot;
    if (root === undefined)
      return refuse({
        code: 'logpush_destination_invalid',
        fault: 'file:// is offered where the server was started with --logpush-dir, below that folder',
      });
    if (!isBelow(root, destination.path))
      return refuse({
        code: 'logpush_destination_invalid',
        fault: 'file:// may lead only below the folder that the server was started with (--logpush-dir)',
      });
    return accept(fileTarget(destination, root));
  }
  const guard = new AddressGuard(rules);
  const address = destination.scheme === 's3' ? destination.endpoint : destination.url;
  if (address !== undefined) {
    const { protocol, hostname } = new URL(address);
    if (protocol === 'http:' && !rules.allowPrivate) return refuse({ code: 'logpush_destination_private', what: UNENCRYPTED });
    const inside = thrownBy(() => guard.check(hostname));
    if (inside instanceof PrivateAddress) return refuse({ code: 'logpush_destination_private', what: inside.message });
  }
  return accept(discreet(destination.scheme === 's3' ? s3Target(destination, guard) : httpTarget(destination, guard)));
};

/** What nobody foresaw may say what it was given, credentials too: no more than its code is repeated. */
const discreet = ({ put }: Target): Target => ({
  put: async (file, signal) => {
    try {
      await put(file, signal);
    } catch (error) {
      if (error instanceof DeliveryFailure || error instanceof PrivateAddress) throw error;
      const { code, name } = error as NodeJS.ErrnoException;
      throw new DeliveryFailure(`it cannot be asked (${code ?? name})`);
    }
  },
});

const thrownBy = (work: () => void): unknown => {
  try {
    work();
    return undefined;
  } catch (error) {
    return error;
  }
};

export interface SmallFile {
  readonly name: string;
  readonly content: string;
  /** Else it is taken away again, where it can be. */
  readonly isKept: boolean;
}

/** Longer no client should wait for an answer. */
const TRIAL_MS = 20_000;

/** Writes a small file to a destination, to see whether it takes any. */
export const writeToDestination = async (
  conf: string,
  rules: DestinationRules,
  { name, content, isKept }: SmallFile,
): Promise<Result<undefined, LogpushRefusal>> => {
  const target = targetOf(conf, rules);
  if (!target.ok) return target;
  const bytes = isKept ? Buffer.from(content) : gzipSync(content);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const { put, remove } = target.value;
  // What is taken away again is nobody else's.
  const own = remove === undefined ? `${name}.gz` : `${randomUUID()}-${name}.gz`;
  const file = { name: isKept ? name : own, at: Date.now(), content: bytes, size: bytes.length, sha256, isGzip: !isKept };
  try {
    await put(file, AbortSignal.timeout(TRIAL_MS));
    if (!isKept) await remove?.(file);
    return accept(undefined);
  } catch (error) {
    if (error instanceof PrivateAddress) return refuse({ code: 'logpush_destination_private', what: error.message });
    if (error instanceof DeliveryFailure) return refuse({ code: 'logpush_destination_fails', reason: error.message });
    throw error;
  }
};
