// Completes package-lock.json with the optional platform packages that the registry did not give.
//
//     npm install && node scripts/complete-lock.mjs [FOLDER]
//
// `npm install` leaves out an optional dependency it cannot fetch, and `npm ci` then refuses the whole lock
// ("Missing: … from lock file"). An entry with only a version and the platform it is for is enough for `npm ci`,
// which then skips it on every other platform. Run after each change of a dependency; `--check` only reports.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const checkOnly = process.argv.includes('--check');
const folder = process.argv.slice(2).find((argument) => !argument.startsWith('--')) ?? '.';
const file = join(folder, 'package-lock.json');
const lock = JSON.parse(readFileSync(file, 'utf8'));

const OPERATING_SYSTEMS = ['android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32', 'aix'];
const PROCESSORS = ['arm64', 'arm', 'x64', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'wasm32'];

/** The platform a package name such as `@oxlint/binding-linux-arm-musleabihf` or `workerd-darwin-64` is for. */
const platformOf = (name) => {
  const words = new Set(name.split(/[/@-]/).map((word) => (word === 'windows' ? 'win32' : word === '64' ? 'x64' : word)));
  return {
    os: OPERATING_SYSTEMS.filter((os) => words.has(os)),
    cpu: PROCESSORS.filter((cpu) => words.has(cpu)),
  };
};

/** Where Node would look for `name` from the package at `owner`: its own node_modules first, then each one above it. */
const placesFor = (owner, name) => {
  const places = [];
  for (let at = owner; ; at = at.slice(0, Math.max(0, at.lastIndexOf('node_modules/') - 1))) {
    places.push(`${at}${at === '' ? '' : '/'}node_modules/${name}`);
    if (at === '') return places;
  }
};

/** The entry that `owner` would get, unless it is of another version: several wranglers side by side each have their own workerd. */
const found = (owner, name, version) => {
  const place = placesFor(owner, name).find((path) => path in lock.packages);
  return place !== undefined && (!/^\d/.test(version) || lock.packages[place].version === version);
};

/** The highest place where Node still finds it first: the root, or just before an entry that holds another version. */
const freePlace = (owner, name) => {
  const places = placesFor(owner, name);
  const taken = places.findIndex((path) => path in lock.packages);
  const place = places.at(taken === -1 ? -1 : taken - 1);
  if (taken === 0 || place === undefined) throw new Error(`${owner} already holds another version of ${name}.`);
  return place;
};

const missing = Object.entries(lock.packages).flatMap(([owner, entry]) =>
  Object.entries(entry.optionalDependencies ?? {})
    .filter(([name, version]) => !found(owner, name, version))
    .map(([name, version]) => ({ owner, name, version })),
);

if (checkOnly) {
  for (const { name, version } of missing) console.error(`missing from ${file}: ${name} ${version}`);
  process.exit(missing.length === 0 ? 0 : 1);
}
for (const { owner, name, version } of missing) {
  if (found(owner, name, version)) continue;
  const { os, cpu } = platformOf(name);
  if (os.length === 0) throw new Error(`No platform is known for the optional package ${name}; add its operating system here.`);
  lock.packages[freePlace(owner, name)] = { version, cpu, os, optional: true };
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).toSorted(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`${file}: ${missing.length} optional entries added`);
