import { lineageOf, type Split, type VersionShare } from './split.ts';

export interface PickRequest {
  readonly split: Split;
  /** The version a request asks for by name. */
  readonly override?: string | undefined;
  /** The affinity key: equal keys stay together. */
  readonly key?: string | undefined;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

export interface Pick {
  readonly versionId: string;
  readonly why: 'override' | 'key' | 'random' | 'only';
  /** Why the version that was asked for is not the one. */
  readonly overrideIgnored?: 'not_in_deployment';
}

/**
 * Which version of a deployment answers (I7): the one a request names, if it is in the deployment, at 0 % too; else by its
 * key; else by a draw. Undefined only for a split in which no version has a share, which no deployment has.
 */
export const pickVersion = ({ split, override, key, random }: PickRequest): Pick | undefined => {
  if (override !== undefined) {
    for (const { versionId } of split) if (versionId === override) return { versionId, why: 'override' };
  }
  const pick = pickByShare(split, key, random);
  return pick === undefined || override === undefined ? pick : { ...pick, overrideIgnored: 'not_in_deployment' };
};

/**
 * Which version runs an object of a Worker's Durable Objects, whoever calls it: its id is its key. The process that holds the objects
 * decides by the same rule.
 */
export const pickForObject = (split: Split, objectId: string): string | undefined => pickByShare(split, objectId, () => 0)?.versionId;

const pickByShare = (split: Split, key: string | undefined, random: () => number): Pick | undefined => {
  let total = 0;
  let serving = 0;
  let last = '';
  for (const { versionId, share } of split) {
    if (share <= 0) continue;
    total += share;
    serving += 1;
    last = versionId;
  }
  if (serving === 0) return undefined;
  if (serving === 1) return { versionId: last, why: 'only' };
  if (key !== undefined) return { versionId: byKey(split, key), why: 'key' };
  return { versionId: byDraw(split, Math.floor(random() * total)) ?? last, why: 'random' };
};

/** `draw` is a whole number below the total of the shares, each as likely as the next: the proportions are exactly the shares. */
const byDraw = (split: Split, draw: number): string | undefined => {
  let from = draw;
  for (const { versionId, share } of split) {
    if (from < share) return versionId;
    from -= share;
  }
  return undefined;
};

/**
 * Weighted rendezvous hashing: each version draws an exponential waiting time from the key and its lineage, shorter the
 * larger its share, and the shortest wins. A version's time does not depend on the others, so their order is irrelevant
 * and raising a share moves keys only towards it; and one that takes another's lineage takes its keys.
 */
const byKey = (split: Split, key: string): string => {
  let winner: VersionShare | undefined;
  let least = Infinity;
  for (const entry of split) {
    if (entry.share <= 0) continue;
    const wait = -Math.log(uniformHash(seedOf(entry), key)) / entry.share;
    if (wait < least || (wait === least && winner !== undefined && lineageOf(entry) < lineageOf(winner))) {
      least = wait;
      winner = entry;
    }
  }
  return winner?.versionId ?? '';
};

const TWO_TO_53 = 2 ** 53;
const TWO_TO_21 = 2 ** 21;

/** The hash's two lanes after the version's lineage: the same for every key, so each entry of a table is read once. */
interface Seed {
  readonly a: number;
  readonly b: number;
}

const seeds = new WeakMap<VersionShare, Seed>();

const seedOf = (entry: VersionShare): Seed => {
  const known = seeds.get(entry);
  if (known !== undefined) return known;
  const seed = seedFrom(lineageOf(entry));
  seeds.set(entry, seed);
  return seed;
};

const seedFrom = (lineage: string): Seed => {
  let a = 0x9e3779b9;
  let b = 0x85ebca6b;
  for (let at = 0; at < lineage.length; at += 1) {
    const code = lineage.charCodeAt(at);
    a = Math.imul(a ^ code, 0xcc9e2d51);
    b = Math.imul(b ^ code, 0x1b873593);
    a ^= a >>> 15;
    b ^= b >>> 13;
  }
  return { a: a ^ 0xff, b };
};

/** 53 well-mixed bits of the two texts, in (0, 1]: two multiply-and-xor lanes, each finished as MurmurHash3 does. */
const uniformHash = (seed: Seed, key: string): number => {
  let { a } = seed;
  let b = seed.b ^ key.length;
  for (let at = 0; at < key.length; at += 1) {
    const code = key.charCodeAt(at);
    a = Math.imul(a ^ code, 0xcc9e2d51);
    b = Math.imul(b ^ code, 0x1b873593);
    a ^= a >>> 15;
    b ^= b >>> 13;
  }
  const high = finished(a ^ Math.imul(b, 0x27d4eb2f));
  const low = finished(b ^ Math.imul(high, 0x165667b1)) >>> 11;
  return (high * TWO_TO_21 + low + 1) / TWO_TO_53;
};

const finished = (hash: number): number => {
  let mixed = hash ^ (hash >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
};
