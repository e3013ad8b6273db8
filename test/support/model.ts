/**
 * The rules of versions and deployments once more, as small as they can be said: plain records in memory, no ids, no
 * time. A property test holds the product to it (src/control/model.test.ts).
 */
export interface ModelVersion {
  readonly number: number;
  readonly code: string;
  readonly secrets: Readonly<Record<string, string>>;
}

export type ModelSplit = readonly { readonly number: number; readonly percentage: number }[];

export interface ModelWorker {
  nextNumber: number;
  versions: ModelVersion[];
  /** Oldest first. */
  log: { readonly number: number; readonly split: ModelSplit }[];
  nextDeployment: number;
}

export type Step =
  | {
      readonly do: 'upload' | 'version';
      readonly worker: string;
      readonly code: string;
      readonly secrets: Readonly<Record<string, string>>;
    }
  | { readonly do: 'deploy'; readonly worker: string; readonly split: ModelSplit; readonly force: boolean }
  | { readonly do: 'secret' | 'newest secret'; readonly worker: string; readonly name: string; readonly value: string | null }
  | { readonly do: 'delete version'; readonly worker: string; readonly number: number }
  | { readonly do: 'delete deployment'; readonly worker: string; readonly number: number }
  | { readonly do: 'delete worker'; readonly worker: string };

export class Model {
  readonly workers = new Map<string, ModelWorker>();
  readonly #window: number;
  /** Successful steps, each of which leaves one audit row. */
  changes = 0;

  constructor(window: number) {
    this.#window = window;
  }

  /** Does the step, or answers the code it is refused with and does nothing. */
  take(step: Step): string | undefined {
    const worker = this.workers.get(step.worker);
    const code = worker === undefined ? this.#withoutWorker(step) : this.#inWorker(step, worker);
    if (code === undefined) this.changes += 1;
    return code;
  }

  #withoutWorker(step: Step): string | undefined {
    if (step.do === 'version') return 'first_upload_by_version';
    if (step.do !== 'upload') return 'worker_not_found';
    const worker: ModelWorker = { nextNumber: 1, versions: [], log: [], nextDeployment: 1 };
    this.workers.set(step.worker, worker);
    return this.#inWorker(step, worker);
  }

  #inWorker(step: Step, worker: ModelWorker): string | undefined {
    const active = worker.log.at(-1)!;
    const newest = worker.versions.at(-1)!;
    switch (step.do) {
      case 'upload':
      case 'version': {
        const { number } = made(worker, { code: step.code, secrets: { ...newest?.secrets, ...step.secrets } });
        if (step.do === 'upload') deployed(worker, [{ number, percentage: 100 }]);
        return undefined;
      }
      case 'deploy':
        return refusalOf(worker, step.split, this.#window, step.force) ?? deployed(worker, step.split);
      case 'secret': {
        const serving = active.split.map(({ number }) => worker.versions.find((version) => version.number === number)!);
        const bases = [...new Set([...serving, newest])].toSorted((a, b) => a.number - b.number);
        const successor = new Map(bases.map((base) => [base.number, made(worker, withSecret(base, step.name, step.value)).number]));
        return deployed(
          worker,
          active.split.map(({ number, percentage }) => ({ number: successor.get(number)!, percentage })),
        );
      }
      case 'newest secret':
        made(worker, withSecret(newest, step.name, step.value));
        return undefined;
      case 'delete version': {
        if (!worker.versions.some(({ number }) => number === step.number)) return 'version_not_found';
        if (active.split.some(({ number }) => number === step.number)) return 'version_is_live';
        worker.versions = worker.versions.filter(({ number }) => number !== step.number);
        worker.log = worker.log.filter(({ split }) => !split.some(({ number }) => number === step.number));
        return undefined;
      }
      case 'delete deployment': {
        if (!worker.log.some(({ number }) => number === step.number)) return 'deployment_not_found';
        if (active.number === step.number) return 'deployment_is_active';
        worker.log = worker.log.filter(({ number }) => number !== step.number);
        return undefined;
      }
      case 'delete worker':
        this.workers.delete(step.worker);
        return undefined;
    }
  }
}

const made = (worker: ModelWorker, what: Omit<ModelVersion, 'number'>): ModelVersion => {
  const version = { ...what, number: worker.nextNumber };
  worker.nextNumber += 1;
  worker.versions.push(version);
  return version;
};

const deployed = (worker: ModelWorker, split: ModelSplit): undefined => {
  worker.log.push({ number: worker.nextDeployment, split });
  worker.nextDeployment += 1;
};

const withSecret = ({ code, secrets }: ModelVersion, name: string, value: string | null): Omit<ModelVersion, 'number'> => {
  const { [name]: _, ...others } = secrets;
  return { code, secrets: value === null ? others : { ...others, [name]: value } };
};

const refusalOf = (worker: ModelWorker, split: ModelSplit, window: number, force: boolean): string | undefined => {
  if (new Set(split.map(({ number }) => number)).size < split.length) return 'split_same_version_twice';
  if (split.reduce((sum, { percentage }) => sum + percentage, 0) !== 100) return 'split_not_100';
  const serving = worker.log.at(-1)!.split.map(({ number }) => number);
  const newestServing = worker.versions.find(({ number }) => number === Math.max(...serving))!;
  const reasons = split.flatMap(({ number }): readonly string[] => {
    const version = worker.versions.find((candidate) => candidate.number === number);
    if (version === undefined) return ['version_not_found'];
    if (serving.includes(number)) return [];
    const isBack = number < newestServing.number && !force && hasOldValues(version.secrets, newestServing.secrets);
    return [...(number < worker.nextNumber - window ? ['version_outside_window'] : []), ...(isBack ? ['secrets_changed'] : [])];
  });
  return reasons.length > 1 ? 'deployment_refused' : reasons[0];
};

const hasOldValues = (then: Readonly<Record<string, string>>, today: Readonly<Record<string, string>>): boolean =>
  Object.keys(then).some((name) => then[name] !== today[name]);
