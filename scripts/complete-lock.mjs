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
  const words = name.split(/[/@-]/).map((word) => (word === 'windows' ? 'win32' : word === '64' ? 'x64' : word));
  return {
    os: OPERATING_SYSTEMS.filter((os) => words.includes(os)),
    cpu: PROCESSORS.filter((cpu) => words.includes(cpu)),
  };
};

const missing = Object.entries(lock.packages).flatMap(([owner, entry]) =>
  Object.entries(entry.optionalDependencies ?? {})
    .filter(([name]) => !(`node_modules/${name}` in lock.packages) && !(`${owner}/node_modules/${name}` in lock.packages))
    .map(([name, version]) => ({ name, version })),
);

if (checkOnly) {
  for (const { name, version } of missing) console.error(`missing from ${file}: ${name} ${version}`);
  process.exit(missing.length === 0 ? 0 : 1);
}
for (const { name, version } of missing) {
  const { os, cpu } = platformOf(name);
  if (os.length === 0) throw new Error(`No platform is known for the optional package ${name}; add its operating system here.`);
  lock.packages[`node_modules/${name}`] = { version, cpu, os, optional: true };
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`${file}: ${missing.length} optional entries added`);
