import { refuse, type Result } from '../../base/index.ts';

/** A no of R2's, with the code that a Worker finds at the end of its error's message (developers.cloudflare.com/r2/api/error-codes). */
export interface Fault {
  readonly status: number;
  readonly code: number;
  readonly message: string;
}

const FAULTS = {
  internal: [500, 10001, 'We encountered an internal error. Please try again.'],
  noSuchBucket: [404, 10006, 'The specified bucket does not exist.'],
  noSuchKey: [404, 10007, 'The specified key does not exist.'],
  bucketNotEmpty: [409, 10008, 'The bucket you tried to delete is not empty.'],
  partTooSmall: [400, 10011, 'Your proposed upload is smaller than the minimum allowed object size.'],
  metadataTooLarge: [400, 10012, 'Your metadata headers exceed the maximum allowed metadata size.'],
  incompleteBody: [400, 10013, 'You did not provide the number of bytes specified by the Content-Length HTTP header.'],
  invalidName: [400, 10020, 'The specified object name is not valid.'],
  invalidLimit: [400, 10022, 'MaxKeys params must be positive integer <= 1000.'],
  noSuchUpload: [400, 10024, 'The specified multipart upload does not exist.'],
  invalidPart: [400, 10025, 'One or more of the specified parts could not be found.'],
  invalidArgument: [400, 10029, 'The request is not valid.'],
  preconditionFailed: [412, 10031, 'At least one of the pre-conditions you specified did not hold.'],
  badDigest: [400, 10037, 'The checksum you specified did not match what we received.'],
  invalidRange: [416, 10039, 'The requested range is not satisfiable.'],
  partsUneven: [400, 10048, 'All non-trailing parts must have the same length.'],
  tooLarge: [400, 100_100, 'Your proposed upload exceeds the maximum allowed object size.'],
} as const satisfies Record<string, readonly [status: number, code: number, message: string]>;

/** `detail` takes the place of Cloudflare's sentence where it can say more. */
export const fault = (name: keyof typeof FAULTS, detail?: string): Result<never, Fault> & { readonly ok: false } => {
  const [status, code, message] = FAULTS[name];
  return refuse({ status, code, message: detail ?? message });
};
