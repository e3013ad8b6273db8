import { closeSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { ProcessFolder } from './process-folder.ts';

/** Descriptors of files that nobody can open by name; closed when the process that was to have them has its own. */
export interface HandedOver extends Disposable {
  readonly descriptors: readonly number[];
}

/**
 * Texts for a process that it may read and that stand in no file of the disk (I8): each file is without its name before a byte is
 * written to it, and gone when the last who has it open ends.
 */
export const handedOver = (folder: ProcessFolder, texts: readonly string[]): HandedOver => {
  const descriptors: number[] = [];
  const close = (): void => descriptors.splice(0).forEach((descriptor) => closeSync(descriptor));
  try {
    for (const text of texts) descriptors.push(nameless(join(folder.path, 'key'), text));
  } catch (cause) {
    close();
    throw cause;
  }
  return { descriptors: [...descriptors], [Symbol.dispose]: close };
};

const nameless = (path: string, text: string): number => {
  const descriptor = openSync(path, 'wx+', 0o600);
  try {
    unlinkSync(path);
    writeSync(descriptor, text);
    return descriptor;
  } catch (cause) {
    closeSync(descriptor);
    throw cause;
  }
};
