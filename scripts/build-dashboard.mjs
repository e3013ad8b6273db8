// Builds the dashboard into dist/dashboard, where it is not what the sources say.
//
//     node scripts/build-dashboard.mjs
//
// A stamp in that folder holds the digest of what it was built from, so that a start that changes nothing only reads those files
// again (some milliseconds). Runs on Node 20 or newer and on nothing but Node's own modules; what builds runs on ours.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const target = join(root, 'dist', 'dashboard');
const STAMP = '.stamp';

/** All that the pages are made of. Tests beside it are none of it. */
const SOURCES = ['src/dashboard', 'src/contract', 'src/domain', 'src/base', 'package-lock.json'];

const filesIn = (path) =>
  readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
    const inside = join(path, entry.name);
    return entry.isDirectory() ? filesIn(inside) : [inside];
  });

const digest = () => {
  const hash = createHash('sha256');
  const files = SOURCES.flatMap((source) => (source.includes('.') ? [join(root, source)] : filesIn(join(root, source))));
  for (const file of files.filter((name) => !/\.test\.tsx?$/.test(name)).toSorted())
    hash
      .update(`${relative(root, file)}\0`)
      .update(readFileSync(file))
      .update('\0');
  return `${hash.digest('hex')}\n`;
};

const isBuilt = (stamp) => {
  try {
    return readFileSync(join(target, STAMP), 'utf8') === stamp;
  } catch {
    return false;
  }
};

/** What the build said of why, in one line. */
const reasonOf = ({ error, stdout, stderr }) =>
  error?.message ?? (`${stderr ?? ''}${stdout ?? ''}`.split('\n').find((line) => line.trim() !== '') ?? 'it said nothing of why').trim();

/**
 * Answers the exit code. A server runs without one, and serves the build before this or none: where `mayFail`, that is told and no
 * reason to end. A server that has the files open keeps them: they are replaced whole, by a folder beside them. */
export const buildDashboard = ({ mayFail = false } = {}) => {
  const stamp = digest();
  if (isBuilt(stamp)) return 0;
  const began = performance.now();
  process.stderr.write('Building the dashboard … ');
  const beside = join(root, 'dist', `.dashboard-${process.pid}`);
  const vite = [join(root, 'node_modules', 'vite', 'bin', 'vite.js'), 'build', '--logLevel', 'warn', '--outDir', beside];
  const built = spawnSync(join(root, 'bin', 'node'), [...vite, '--config', join(root, 'src', 'dashboard', 'vite.config.ts')], {
    cwd: root,
    encoding: 'utf8',
  });
  if (built.status !== 0) {
    rmSync(beside, { recursive: true, force: true });
    if (mayFail) {
      const instead = existsSync(target) ? 'the one that was built before is served' : 'the server runs without it';
      process.stderr.write(`failed: ${instead}. The reason: ${reasonOf(built)}\n`);
      return 0;
    }
    process.stderr.write(`failed\n${built.error?.message ?? ''}${built.stdout ?? ''}${built.stderr ?? ''}`);
    return 1;
  }
  writeFileSync(join(beside, STAMP), stamp);
  replace(beside);
  process.stderr.write(`done in ${((performance.now() - began) / 1000).toFixed(1)} s\n`);
  return 0;
};

const replace = (beside) => {
  const before = `${beside}-before`;
  mkdirSync(dirname(target), { recursive: true });
  if (existsSync(target)) renameSync(target, before);
  try {
    renameSync(beside, target);
  } catch (error) {
    // Another start built the same at the same time, and was first.
    if (!existsSync(target)) throw error;
    rmSync(beside, { recursive: true, force: true });
  }
  rmSync(before, { recursive: true, force: true });
};

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = buildDashboard();
