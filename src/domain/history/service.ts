import type { Deployment } from '../deployment.ts';
import { lineageOf, WHOLE, type Share, type Split } from '../split.ts';

/** What the history of a Worker is read from: its deployments, newest first. */
export type Told = Pick<Deployment, 'createdOn' | 'split' | 'triggeredBy'>;

/** The numbers of versions, as far as they are known: the older of two that began to serve at the same time has the lower one. */
export type Numbers = ReadonlyMap<string, number>;

/** When a version served. Times are ISO strings. */
export interface Service {
  /** When it first got a share. */
  readonly since: string;
  /** When it began to serve the last time: it had a share from then on. */
  readonly from: string;
  /** When it left after that; undefined of one that serves. */
  readonly until: string | undefined;
  /** Whether it ever had all traffic. */
  readonly isWhole: boolean;
  /** When it last ceased to have all of it; undefined of one that has, or never had. */
  readonly wholeUntil: string | undefined;
  /** What it has, or had last. */
  readonly share: Share;
}

export const shareIn = (split: Split, versionId: string): number => split.find((entry) => entry.versionId === versionId)?.share ?? 0;

/** Versions that get a part of the traffic; one at 0 % answers overrides only. */
export const servingIn = (split: Split): Split => split.filter(({ share }) => share > 0);

/**
 * When each version served that did: at 0 % it does not. Beside what was ever told only those that serve are gone through for each
 * deployment: a history of thousands is read on requests.
 */
export const servicesIn = (deployments: readonly Told[]): ReadonlyMap<string, Service> => {
  const services = new Map<string, Service>();
  const open = new Map<string, Service>();
  for (const { createdOn, split } of deployments.toReversed()) {
    for (const [id, service] of open) {
      if (shareIn(split, id) > 0) continue;
      services.set(id, { ...service, until: createdOn, ...(service.share === WHOLE && { wholeUntil: createdOn }) });
      open.delete(id);
    }
    for (const { versionId, share } of servingIn(split)) {
      const known = services.get(versionId);
      const service = {
        since: known?.since ?? createdOn,
        from: open.get(versionId)?.from ?? createdOn,
        until: undefined,
        isWhole: known?.isWhole === true || share === WHOLE,
        wholeUntil: share === WHOLE ? undefined : open.get(versionId)?.share === WHOLE ? createdOn : known?.wholeUntil,
        share,
      };
      services.set(versionId, service);
      open.set(versionId, service);
    }
  }
  return services;
};

/**
 * Which of two versions is the older, by when each began to serve. What a change of secrets or settings makes of a version is as old as
 * the one it was made from, and beside that one the younger. Where both began at once, or before what is told, their numbers decide.
 */
export class Ages {
  readonly #lineages = new Map<string, number>();
  readonly #versions = new Map<string, number>();
  readonly #numbers: Numbers;
  #told = 0;

  constructor(numbers: Numbers) {
    this.#numbers = numbers;
  }

  /** To be told of deployments in the order in which they were made. */
  tell(split: Split): void {
    this.#told += 1;
    for (const entry of servingIn(split)) {
      if (!this.#lineages.has(lineageOf(entry))) this.#lineages.set(lineageOf(entry), this.#told);
      if (!this.#versions.has(entry.versionId)) this.#versions.set(entry.versionId, this.#told);
    }
  }

  hasServed(versionId: string): boolean {
    return this.#versions.has(versionId);
  }

  isOlder(one: Split[number], other: Split[number]): boolean {
    const orders = [
      this.#began(this.#lineages, lineageOf(one)) - this.#began(this.#lineages, lineageOf(other)),
      this.#began(this.#versions, one.versionId) - this.#began(this.#versions, other.versionId),
      (this.#numbers.get(one.versionId) ?? 0) - (this.#numbers.get(other.versionId) ?? 0),
    ];
    return (orders.find((order) => order !== 0) ?? 0) < 0;
  }

  /** What never served begins after all that did. */
  #began(times: ReadonlyMap<string, number>, id: string): number {
    return times.get(id) ?? this.#told + 1;
  }
}
