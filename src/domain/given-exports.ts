import type { ClassExport } from './export-terms.ts';
import type { ObjectStorage } from './durable-objects.ts';

/** An entry of `exports` as clients write it. `worker` is an entrypoint: nothing has to be done for it to be there. */
export interface GivenExport {
  readonly type: string;
  readonly state?: string | undefined;
  readonly storage?: string | undefined;
  readonly renamed_to?: string | undefined;
  readonly transferred_to?: string | undefined;
  readonly transfer_from?: string | undefined;
  readonly container?: string | undefined;
  /** What is kept and changes nothing here. */
  readonly [other: string]: unknown;
}

export type GivenExports = Readonly<Record<string, GivenExport>>;

const STORAGES: ReadonlyMap<string, ObjectStorage> = new Map([
  ['sqlite', 'sqlite'],
  ['legacy-kv', 'kv'],
]);

export const storageWord = (storage: ObjectStorage): string => (storage === 'kv' ? 'legacy-kv' : storage);

/** What each state needs, and may have, beside the type. */
const MEMBERS: ReadonlyMap<string, readonly (keyof GivenExport)[]> = new Map([
  ['created', ['storage']],
  ['expecting-transfer', ['storage', 'transfer_from']],
  ['deleted', []],
  ['renamed', ['renamed_to']],
  ['transferred', ['transferred_to']],
]);

/** The Durable Object classes among the exports; one that is not as it should be says why. */
export const classExports = (given: GivenExports): ReadonlyMap<string, ClassExport> =>
  new Map(
    Object.entries(given)
      .filter(([, { type }]) => type !== 'worker')
      .map(([className, entry]) => [className, classExport(entry)]),
  );

const classExport = (entry: GivenExport): ClassExport => {
  const { type, state = 'created', storage = '' } = entry;
  const fault = faultIn(entry, type, state);
  if (fault !== undefined) return { state: 'invalid', fault };
  const stored = STORAGES.get(storage) ?? 'sqlite';
  if (state === 'expecting-transfer') return { state, storage: stored, from: entry.transfer_from ?? '' };
  if (state === 'renamed') return { state, to: entry.renamed_to ?? '' };
  if (state === 'transferred') return { state, to: entry.transferred_to ?? '' };
  return state === 'deleted' ? { state } : { state: 'created', storage: stored };
};

const faultIn = (entry: GivenExport, type: string, state: string): string | undefined => {
  if (type !== 'durable-object') return `its type is ${JSON.stringify(type)}, and "durable-object" and "worker" are supported`;
  const needed = MEMBERS.get(state);
  if (needed === undefined) return `its state is ${JSON.stringify(state)}, which is none of ${[...MEMBERS.keys()].join(', ')}`;
  if (entry.container !== undefined) return 'it has a container, and containers are not supported yet';
  const missing = needed.find((member) => (entry[member] ?? '') === '');
  if (missing !== undefined) return `${JSON.stringify(missing)} is missing, which the state ${JSON.stringify(state)} needs`;
  const odd = (['storage', 'renamed_to', 'transferred_to', 'transfer_from'] as const).find(
    (member) => entry[member] !== undefined && !needed.includes(member),
  );
  if (odd !== undefined) return `${JSON.stringify(odd)} does not go with the state ${JSON.stringify(state)}`;
  const isKnown = entry.storage === undefined || STORAGES.has(entry.storage);
  return isKnown ? undefined : `its storage is ${JSON.stringify(entry.storage)}, and must be "sqlite" or "legacy-kv"`;
};

/** What is shown of a version's exports: those that live. A tombstone was for the deployment that it came with. */
export const liveExports = (given: GivenExports): GivenExports =>
  Object.fromEntries(Object.entries(given).filter(([, { state = 'created' }]) => state === 'created' || state === 'expecting-transfer'));

/** Whether two versions declare the same Durable Object classes as alive; what does not use `exports` declares nothing about any. */
export const declareTheSame = (one: GivenExports | undefined, other: GivenExports | undefined): boolean => {
  if (one === undefined || other === undefined) return true;
  return lines(one) === lines(other);
};

const lines = (given: GivenExports): string =>
  Object.entries(liveExports(given))
    .filter(([, { type }]) => type !== 'worker')
    .map(([className, entry]) => JSON.stringify([className, entry.state ?? 'created', entry.storage, entry.transfer_from]))
    .toSorted()
    .join('\n');
