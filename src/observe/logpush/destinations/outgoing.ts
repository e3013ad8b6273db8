/** A file to be written to a destination. */
export interface OutgoingFile {
  /** `20260101T000000Z_20260101T000030Z_1f2e3d4c.log.gz` */
  readonly name: string;
  /** When what is in it begins: it says which `{DATE}` it is of. */
  readonly at: number;
  readonly content: Uint8Array | { readonly path: string };
  readonly size: number;
  /** In hex. */
  readonly sha256: string;
  readonly isGzip: boolean;
}

/** Takes files. */
export interface Target {
  /** Throws a {@link DeliveryFailure} that says why it was not taken. */
  put(file: OutgoingFile, signal: AbortSignal): Promise<void>;
  /** Takes a file away that was only to see whether files are taken; absent where what was sent is gone. */
  remove?(file: OutgoingFile): Promise<void>;
}

/** Whether another time may be a better one, it is too much at once, or it is this file, or the destination, that is wrong. */
export type FailureKind = 'passing' | 'too_large' | 'refused';

/** A destination did not take a file. The message is for people, and holds nothing of its credentials. */
export class DeliveryFailure extends Error {
  override readonly name = 'DeliveryFailure';
  readonly kind: FailureKind;

  constructor(message: string, { kind = 'passing', ...options }: ErrorOptions & { readonly kind?: FailureKind } = {}) {
    super(message, options);
    this.kind = kind;
  }
}

const UNREADABLE: ReadonlySet<string | undefined> = new Set(['EIO', 'EISDIR', 'EACCES', 'EPERM', 'ENOENT']);

/** The failure where a file of ours could not be read: it is neither the destination nor a disk that is full. */
export const unreadableFile = (error: unknown, isOurs: (path: string) => boolean): DeliveryFailure | undefined => {
  const { code, syscall, path: at } = error as NodeJS.ErrnoException;
  if (!UNREADABLE.has(code) || !(syscall === 'read' || (syscall === 'open' && isOurs(at ?? '')))) return undefined;
  return new DeliveryFailure(`what is to be sent cannot be read (${code})`, { kind: 'refused', cause: error });
};
