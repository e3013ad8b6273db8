import type { Asset } from './assets/index.ts';
import { isSecret, type Binding } from './binding.ts';
import type { Limits, VersionCode } from './version.ts';

/** Names that only the later, only the earlier, or both have with another content; each list in order. */
export interface NameDifferences {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly string[];
}

/** One value in two versions. */
export interface Pair<Value> {
  readonly before: Value;
  readonly after: Value;
}

/** How a version differs from another in what runs. What is a pair is there only where its two values are not the same. */
export interface Differences {
  readonly bindings: NameDifferences;
  /** By name only: whether two secrets are equal is told, what they are never is (I8). */
  readonly secrets: NameDifferences;
  readonly modules: NameDifferences;
  /** Bytes of all modules that are loaded. */
  readonly codeSize: Pair<number>;
  /** Files by their paths. */
  readonly assets: NameDifferences;
  readonly assetCount: Pair<number>;
  /** How they are served, by the names of the settings. */
  readonly assetSettings: NameDifferences;
  /** Durable Object classes it is made for; one whose objects are others has changed. */
  readonly classes: NameDifferences;
  readonly compatibilityDate: Pair<string | undefined> | undefined;
  readonly compatibilityFlags: Pick<NameDifferences, 'added' | 'removed'>;
  readonly limits: Pair<Limits> | undefined;
  readonly placement: Pair<VersionCode['placement']> | undefined;
}

/** A version with the files of its assets, which may be left out where both have the same. */
export interface Compared extends VersionCode {
  readonly files?: readonly Asset[] | undefined;
}

export const differencesBetween = (before: Compared, after: Compared): Differences => {
  const { added, removed } = namesOf(flagsOf(before), flagsOf(after));
  return {
    bindings: namesOf(plainOf(before.bindings), plainOf(after.bindings)),
    secrets: namesOf(fingerprintsOf(before.bindings), fingerprintsOf(after.bindings)),
    modules: namesOf(digestsOf(before), digestsOf(after)),
    codeSize: { before: sizeOf(before), after: sizeOf(after) },
    assets: namesOf(filesOf(before), filesOf(after)),
    assetCount: { before: before.assets?.count ?? 0, after: after.assets?.count ?? 0 },
    assetSettings: namesOf(assetSettingsOf(before), assetSettingsOf(after)),
    classes: namesOf(classesOf(before), classesOf(after)),
    compatibilityDate: pairOf(before.compatibilityDate, after.compatibilityDate),
    compatibilityFlags: { added, removed },
    limits: pairOf(before.limits, after.limits),
    placement: pairOf(before.placement, after.placement),
  };
};

type Contents = ReadonlyMap<string, string>;

const namesOf = (before: Contents, after: Contents): NameDifferences => ({
  added: [...after.keys()].filter((name) => !before.has(name)).toSorted(),
  removed: [...before.keys()].filter((name) => !after.has(name)).toSorted(),
  changed: [...after.keys()].filter((name) => before.has(name) && before.get(name) !== after.get(name)).toSorted(),
});

const plainOf = (bindings: readonly Binding[]): Contents =>
  new Map(bindings.filter((binding) => !isSecret(binding)).map((binding) => [binding.name, canonical(binding)]));
const fingerprintsOf = (bindings: readonly Binding[]): Contents =>
  new Map(bindings.filter(isSecret).map(({ name, fingerprint }) => [name, fingerprint]));
const digestsOf = ({ modules }: VersionCode): Contents => new Map(modules.map(({ name, kind, digest }) => [name, `${kind} ${digest}`]));
const flagsOf = ({ compatibilityFlags }: VersionCode): Contents => new Map(compatibilityFlags.map((flag) => [flag, '']));

const filesOf = ({ files = [] }: Compared): Contents =>
  new Map(files.map(({ path, digest, contentType }) => [path, `${digest} ${contentType}`]));
const assetSettingsOf = ({ assets }: VersionCode): Contents =>
  new Map(
    Object.entries(assets?.config ?? {}).flatMap(([name, value]) => (value === undefined ? [] : [[name, canonical(value)] as const])),
  );
const classesOf = ({ durableObjects = [] }: VersionCode): Contents =>
  new Map(durableObjects.map(({ className, namespaceId, storage }) => [className, `${namespaceId} ${storage}`]));

/** Source maps only explain errors. */
const sizeOf = ({ modules }: VersionCode): number =>
  modules.filter(({ kind }) => kind !== 'sourcemap').reduce((sum, { size }) => sum + size, 0);

const pairOf = <Value>(before: Value, after: Value): Pair<Value> | undefined =>
  canonical(before) === canonical(after) ? undefined : { before, after };

/** The same text for the same value, in whatever order a client wrote its members. */
const canonical = (value: unknown): string =>
  JSON.stringify([value], (_, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
