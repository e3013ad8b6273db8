import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(import.meta.dirname, '..', 'golden');

export interface Golden<Value> {
  /** What the file held before, or holds since its update. */
  readonly value: Value;
  /** With UPDATE_GOLDEN=1 the file is written instead of compared; the diff is then read by a person. */
  readonly isUpdated: boolean;
  update(change: (present: Value) => Value): void;
}

/** What people read, kept in test/golden: a difference is looked at, not regenerated blindly. */
export const golden = <Value>(name: string): Golden<Value> => {
  const path = join(FOLDER, `${name}.json`);
  const isUpdated = process.env['UPDATE_GOLDEN'] === '1';
  // The file was written from values of this type.
  const read = (): Value => JSON.parse(readFileSync(path, 'utf8')) as Value;
  return {
    get value() {
      return read();
    },
    isUpdated,
    update: (change) => {
      if (isUpdated) writeFileSync(path, `${JSON.stringify(change(read()), null, 2)}\n`);
    },
  };
};
