import { appendFileSync } from 'node:fs';
import { historyOf, type DeploymentMade, type History, type Line, type RequestSeen } from './history.ts';

/** A deployment as the API answered it. */
export interface Answered extends Pick<DeploymentMade, 'id' | 'split'> {
  readonly isLate: boolean;
}

/** Requests and deployments of one run, with times of one clock, on disk as they happen: a run that ends early leaves what it saw. */
export class Recorder {
  readonly #path: string;
  readonly #lines: Line[] = [];
  #requests = 0;

  constructor(path: string) {
    this.#path = path;
  }

  get history(): History {
    return historyOf(this.#lines);
  }

  /** Notes a deployment once it is answered. Ones that are made at the same time would have no order: make them one after the other. */
  async deployment(make: () => Promise<Answered>): Promise<DeploymentMade> {
    const askedAt = performance.now();
    const { id, split, isLate } = await make();
    const deployment: DeploymentMade = { type: 'deployment', id, split, askedAt, acknowledgedAt: isLate ? null : performance.now() };
    this.add(deployment);
    return deployment;
  }

  /** A request that begins now. */
  request(kind: string, asked: Asked = {}): Sighting {
    return new Sighting(this, { ...asked, type: 'request', id: (this.#requests += 1), kind, beganAt: performance.now() });
  }

  add(line: Line): void {
    this.#lines.push(line);
    appendFileSync(this.#path, `${JSON.stringify(line)}\n`);
  }
}

export type Asked = Pick<RequestSeen, 'override' | 'key' | 'promisesWork'>;

/** One request while it is under way. It is noted once, whichever of its ends comes first. */
export class Sighting {
  readonly #recorder: Recorder;
  readonly #begun: Pick<RequestSeen, 'type' | 'id' | 'kind' | 'beganAt'> & Asked;
  readonly #versions = new Set<string>();
  #answeredAt: number | null = null;
  #deploymentId: string | undefined;
  #isOver = false;

  constructor(recorder: Recorder, begun: Pick<RequestSeen, 'type' | 'id' | 'kind' | 'beganAt'> & Asked) {
    this.#recorder = recorder;
    this.#begun = begun;
  }

  get id(): number {
    return this.#begun.id;
  }

  get hasAnswer(): boolean {
    return this.#answeredAt !== null;
  }

  /** The head of its answer came; `edgeSays` is the edge's structured header, where it was asked for. */
  answered(edgeSays: string | undefined): void {
    this.#answeredAt = performance.now();
    const [, versionId] = /^"([^"]+)"/.exec(edgeSays ?? '') ?? [];
    const [, deploymentId] = /;deployment="([^"]+)"/.exec(edgeSays ?? '') ?? [];
    if (versionId !== undefined) this.#versions.add(versionId);
    this.#deploymentId = deploymentId;
  }

  /** Some part of the answer names this version. */
  names(versionId: string): void {
    this.#versions.add(versionId);
  }

  ended(fault?: RequestSeen['fault']): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#recorder.add({
      ...this.#begun,
      answeredAt: this.#answeredAt,
      endedAt: performance.now(),
      versions: [...this.#versions],
      ...(this.#deploymentId === undefined ? {} : { deploymentId: this.#deploymentId }),
      ...(fault === undefined ? {} : { fault }),
    });
  }

  /** It broke off: before any answer it has failed, later it was cut. */
  broke(why: string): void {
    this.ended({ kind: this.hasAnswer ? 'cut' : 'failed', why });
  }
}
