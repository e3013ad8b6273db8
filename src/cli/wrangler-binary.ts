import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { Failure } from './failure.ts';

export interface Wrangler {
  readonly script: string;
  readonly version: string;
  readonly isBundled: boolean;
}

export interface WranglerChoice {
  readonly wrangler: Wrangler;
  /** Why the project's own one was passed over, for the user to know. */
  readonly remark?: string;
}

interface Package {
  readonly version: string;
  readonly bin?: string | Readonly<Record<string, string>>;
  readonly engines?: { readonly node?: string };
}

/** The project's own wrangler, from the folder upwards, when this Node can run it; else the one that came with Switchback. */
export const chooseWrangler = (folder: string, nodeVersion = process.versions.node): WranglerChoice => {
  const bundled = packageAbove(import.meta.dirname);
  if (bundled === undefined)
    throw new Failure('The bundled wrangler is missing: run npm start in the folder of Switchback, which installs it.');
  const wrangler = { ...bundled.wrangler, isBundled: true };
  const own = packageAbove(resolve(folder));
  if (own === undefined || own.wrangler.script === wrangler.script) return { wrangler };
  if (!existsSync(own.wrangler.script)) return { wrangler, remark: `The project's own wrangler is incomplete (npm install mends it)` };
  if (satisfies(nodeVersion, own.engine)) return { wrangler: own.wrangler };
  return { wrangler, remark: `The project's own wrangler ${own.wrangler.version} needs Node ${own.engine}, and this is ${nodeVersion}` };
};

const packageAbove = (folder: string): { wrangler: Wrangler; engine: string } | undefined => {
  for (let at = folder; ; at = dirname(at)) {
    const home = join(at, 'node_modules', 'wrangler');
    const manifest = join(home, 'package.json');
    if (existsSync(manifest)) {
      const { version, bin, engines } = JSON.parse(readFileSync(manifest, 'utf8')) as Package;
      const entry = typeof bin === 'string' ? bin : (bin?.['wrangler'] ?? 'bin/wrangler.js');
      return { wrangler: { script: join(home, entry), version, isBundled: false }, engine: engines?.node ?? '*' };
    }
    if (dirname(at) === at) return undefined;
  }
};

/** Reads the ranges wranglers use: `>=16.13`, `^18.0.0 || >=20.1`. What it cannot read it lets pass: wrangler checks by itself too. */
export const satisfies = (version: string, ranges: string): boolean =>
  ranges.split('||').some((range) => {
    const [, operator, least] = /^\s*(>=|\^)\s*v?(\d+(?:\.\d+){0,2})\s*$/.exec(range) ?? [];
    if (least === undefined) return true;
    const isSameMajor = numbers(version)[0] === numbers(least)[0];
    return isAtLeast(version, least) && (operator === '>=' || isSameMajor);
  });

const isAtLeast = (version: string, least: string): boolean => {
  const [have, want] = [numbers(version), numbers(least)];
  const differing = [0, 1, 2].find((place) => (have[place] ?? 0) !== (want[place] ?? 0));
  return differing === undefined || (have[differing] ?? 0) > (want[differing] ?? 0);
};

const numbers = (version: string): number[] => version.split('.').map(Number);
