import type { Supervisor } from '../runtime/index.ts';
import type { ControlClient } from './control-client.ts';
import { messageOf, type Log } from './log.ts';

export interface ObjectSweepOptions {
  readonly control: Pick<ControlClient, 'deletedNamespaces'>;
  readonly supervisor: Pick<Supervisor, 'storedNamespaces' | 'removeObjects'>;
  readonly log: Log;
}

/**
 * Removes what deleted namespaces of Durable Objects stored, their Worker's deletion included. The control plane says which were deleted:
 * one that it merely does not name is kept, whatever the reason.
 */
export class ObjectSweep {
  readonly #options: ObjectSweepOptions;
  readonly #removing = new Set<string>();
  #last: Promise<void> = Promise.resolve();
  #isComing = false;

  constructor(options: ObjectSweepOptions) {
    this.#options = options;
  }

  /** Something was deployed or deleted. A look that has not begun yet sees it too. */
  soon(): void {
    if (this.#isComing) return;
    this.#isComing = true;
    this.#last = this.#last.then(() => {
      this.#isComing = false;
      return this.#look();
    });
  }

  async #look(): Promise<void> {
    const { control, supervisor, log } = this.#options;
    try {
      const stored = await supervisor.storedNamespaces();
      if (stored.length === 0) return;
      const deleted = new Set(await control.deletedNamespaces());
      for (const id of stored) if (deleted.has(id) && !this.#removing.has(id)) void this.#remove(id);
    } catch (error) {
      log.warn({ error: messageOf(error) }, 'Which objects were deleted could not be found out; it is tried again with the next change.');
    }
  }

  async #remove(id: string): Promise<void> {
    const { supervisor, log } = this.#options;
    this.#removing.add(id);
    try {
      await supervisor.removeObjects(id);
      log.info({ namespace: id }, 'What a deleted Durable Object namespace stored was removed.');
    } catch (error) {
      log.warn({ namespace: id, error: messageOf(error) }, 'What a deleted Durable Object namespace stored could not be removed.');
    } finally {
      this.#removing.delete(id);
    }
  }
}
