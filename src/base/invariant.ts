/** A bug of ours, never of a user: something that must hold did not. */
export class BrokenInvariant extends Error {
  override readonly name = 'BrokenInvariant';
}

export function invariant(condition: unknown, mustHold: string): asserts condition {
  if (!condition) throw new BrokenInvariant(mustHold);
}

/** The `default` of an exhaustive switch: a union that grows stops compiling here. */
export const unreachable = (value: never): never => {
  throw new BrokenInvariant(`unexpected ${JSON.stringify(value)}`);
};
