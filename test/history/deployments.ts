import { aSplit } from '../support/api.ts';
import type { Server } from '../support/server.ts';
import type { DeploymentMade } from './history.ts';
import type { Recorder } from './recorder.ts';
import { aWitness } from './worker.ts';

export const WORKER = 'witness';

interface Listed {
  readonly deployments: readonly {
    readonly id: string;
    readonly versions: readonly { readonly version_id: string; readonly percentage: number }[];
  }[];
}

/** Makes deployments of one Worker through the API, one after the other, and records each. */
export class Deployments {
  readonly #api: Server['api'];
  readonly #recorder: Recorder;
  /** In the order in which they came, each as old as its upload. */
  readonly versions: string[] = [];
  #uploads = 0;

  constructor(api: Server['api'], recorder: Recorder) {
    this.#api = api;
    this.#recorder = recorder;
  }

  /** An upload to the script itself deploys its version at 100 %. */
  async uploadDeployed(): Promise<void> {
    const made = await this.#recorder.deployment(async () => {
      await this.#api('PUT', `workers/scripts/${WORKER}`, aWitness((this.#uploads += 1)));
      return this.#active();
    });
    this.versions.push(...made.split.map(({ versionId }) => versionId));
  }

  /** A version that is not deployed yet. */
  async upload(): Promise<string> {
    const { id } = (await this.#api('POST', `workers/scripts/${WORKER}/versions`, aWitness((this.#uploads += 1)))) as { id: string };
    this.versions.push(id);
    return id;
  }

  async deploy(shares: Readonly<Record<string, number>>): Promise<void> {
    await this.#recorder.deployment(async () => {
      const { id } = (await this.#api('POST', `workers/scripts/${WORKER}/deployments`, aSplit(shares))) as { id: string };
      return { id, split: Object.entries(shares).map(([versionId, percentage]) => ({ versionId, percentage })) };
    });
  }

  async #active(): Promise<Pick<DeploymentMade, 'id' | 'split'>> {
    const { deployments } = (await this.#api('GET', `workers/scripts/${WORKER}/deployments`)) as Listed;
    const [active] = deployments;
    if (active === undefined) throw new Error('Nothing is deployed.');
    return { id: active.id, split: active.versions.map(({ version_id: versionId, percentage }) => ({ versionId, percentage })) };
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
