import { aSplit } from '../support/api.ts';
import type { Connection } from '../support/environment.ts';
import type { Answered, Recorder } from './recorder.ts';
import { aWitness } from './worker.ts';

export const WORKER = 'witness';

interface Listed {
  readonly deployments: readonly {
    readonly id: string;
    readonly versions: readonly { readonly version_id: string; readonly percentage: number }[];
  }[];
}

interface Envelope {
  readonly success: boolean;
  readonly result: unknown;
  readonly errors: unknown;
  readonly messages: readonly { readonly message: string }[];
}

/** Makes deployments of one Worker through the API, one after the other, and records each. */
export class Deployments {
  readonly #connection: Connection;
  readonly #recorder: Recorder;
  /** In the order in which they came, each as old as its upload. */
  readonly versions: string[] = [];
  #uploads = 0;

  constructor(connection: Connection, recorder: Recorder) {
    this.#connection = connection;
    this.#recorder = recorder;
  }

  /** An upload to the script itself deploys its version at 100 %. */
  async uploadDeployed(): Promise<void> {
    const made = await this.#recorder.deployment(async () => {
      const { isLate } = await this.#call('PUT', '', aWitness((this.#uploads += 1)));
      return { ...(await this.#active()), isLate };
    });
    this.versions.push(...made.split.map(({ versionId }) => versionId));
  }

  /** A version that is not deployed yet. */
  async upload(): Promise<string> {
    const { result } = await this.#call('POST', '/versions', aWitness((this.#uploads += 1)));
    const { id } = result as { id: string };
    this.versions.push(id);
    return id;
  }

  async deploy(shares: Readonly<Record<string, number>>): Promise<void> {
    await this.#recorder.deployment(async () => {
      const { result, isLate } = await this.#call('POST', '/deployments', JSON.stringify(aSplit(shares)));
      const { id } = result as { id: string };
      return { id, isLate, split: Object.entries(shares).map(([versionId, percentage]) => ({ versionId, percentage })) };
    });
  }

  async #active(): Promise<Omit<Answered, 'isLate'>> {
    const { deployments } = (await this.#call('GET', '/deployments')).result as Listed;
    const [active] = deployments;
    if (active === undefined) throw new Error('Nothing is deployed.');
    return { id: active.id, split: active.versions.map(({ version_id: versionId, percentage }) => ({ versionId, percentage })) };
  }

  /** `isLate`: the answer names the edge as one that has not confirmed yet, which is no acknowledgement. */
  async #call(method: string, path: string, body?: FormData | string): Promise<{ readonly result: unknown; readonly isLate: boolean }> {
    const { baseUrl, accountId, token } = this.#connection;
    const url = `${baseUrl}/accounts/${accountId}/workers/scripts/${WORKER}${path}`;
    const response = await fetch(url, { method, headers: { authorization: `Bearer ${token}` }, ...(body === undefined ? {} : { body }) });
    const { success, result, errors, messages } = (await response.json()) as Envelope;
    if (!success) throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(errors)}`);
    return { result, isLate: messages.some(({ message }) => message.includes('have not confirmed it yet')) };
  }
}

/**
 * The life of a Worker in a hurry, as steps of one deployment each: a new version goes from 0 % to all of it in the usual steps, with a
 * fall back to nothing on the way; then a rollback, a roll forward, and an upload that deploys at once.
 */
export async function* hurriedLife(made: Deployments): AsyncGenerator<void> {
  for (let round = 0; ; round += 1) {
    const serving = made.versions.at(-1) ?? '';
    const next = await made.upload();
    for (const percentage of [0, 10, 0, 50, 99.9]) yield made.deploy({ [serving]: 100 - percentage, [next]: percentage });
    yield made.deploy({ [next]: 100 });
    yield made.deploy({ [serving]: 100 });
    yield made.deploy({ [next]: 100 });
    // Far back, to a version whose process has been ended.
    if (round % 3 === 2) yield made.deploy({ [made.versions.at(-5) ?? '']: 100 });
    yield made.uploadDeployed();
  }
}
