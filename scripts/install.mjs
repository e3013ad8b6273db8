// The slow way of bootstrap.mjs: something is missing and `npm ci` has to bring it.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, join } from 'node:path';
import { takeLock } from './install-lock.mjs';
import { indispensablePackages, platformRefusal, thisMachine } from './platform.mjs';
import { showProgress } from './progress.mjs';

/** Optional and development packages are asked for by name: a user's npm configuration may leave both out. */
const NPM_ARGUMENTS = [
  'ci',
  '--ignore-scripts',
  '--no-audit',
  '--no-fund',
  '--include=dev',
  '--include=optional',
  '--no-engine-strict',
  '--no-progress',
  '--loglevel=error',
];

/** Installs the targets one after the other and answers the exit code. */
export async function install(targets, { root, isInstalled }) {
  const machine = thisMachine();
  const refusal = platformRefusal(machine);
  if (refusal !== undefined) return fail(refusal);
  if (targets.some(({ onlyForTests }) => onlyForTests) && !hasGit()) {
    return fail('git was not found, and some of the clients under test need it: install git and run this again.');
  }
  for (const target of targets) {
    const releaseLock = await takeLock(join(target.folder, '.install.lock'), () =>
      say(`Another process is installing ${target.what}; waiting for it.`),
    );
    try {
      // The process that was waited for has usually done the work.
      if (isInstalled(target)) continue;
      const needed = target.folder === root ? indispensablePackages(machine) : [];
      const fault = await installTarget(target, needed);
      if (fault !== undefined) return typeof fault === 'number' ? fault : fail(fault);
    } finally {
      releaseLock();
    }
  }
  return 0;
}

/** Answers what went wrong, a signal's exit code, or undefined. Without the stamp the next run starts over. */
async function installTarget({ folder, what, stamp }, needed) {
  const stampFile = join(folder, 'node_modules', '.switchback-stamp');
  rmSync(stampFile, { force: true });
  const expected = expectedPackages(folder);
  const isPresent = (path) => existsSync(join(folder, path, 'package.json'));
  const progress = showProgress(`Installing ${what}`, () => ({ done: expected.filter(isPresent).length, total: expected.length }));
  const result = await runNpm(folder);
  if (result.signal !== undefined) {
    progress.end('interrupted');
    return 128 + constants.signals[result.signal];
  }
  if (result.code !== 0) {
    progress.end('failed');
    return npmFault(result, what);
  }
  const absent = needed.filter((name) => !isPresent(join('node_modules', name)));
  if (absent.length > 0) {
    progress.end('incomplete');
    return `npm left out ${absent.join(' and ')}: the registry does not have it for this machine, or it could not be fetched. Check the network and the registry (npm config get registry), then run this again.`;
  }
  writeFileSync(stampFile, stamp);
  progress.end('done');
  return undefined;
}

const isForThisMachine = ([path, { os, cpu, optional }]) =>
  (os ?? [process.platform]).includes(process.platform) &&
  (cpu ?? [process.arch]).includes(process.arch) &&
  !path.includes('musl') &&
  // An optional package for every platform is one that only packages of other platforms ask for.
  !(optional && os === undefined);

/** The folders this machine's npm will fill, from the lock file: what progress is counted by. */
function expectedPackages(folder) {
  const lock = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8'));
  return Object.entries(lock.packages)
    .filter((entry) => entry[0] !== '' && isForThisMachine(entry))
    .map(([path]) => path);
}

async function runNpm(folder) {
  const { command, before } = npmCommand();
  const child = spawn(command, [...before, ...NPM_ARGUMENTS], {
    cwd: folder,
    env: { ...process.env, PATH: pathWithoutProject(folder) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const keep = (chunk) => (output = (output + chunk).slice(-8000));
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  let signal;
  const stop = (name) => {
    signal = name;
    child.kill(name);
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, stop);
  try {
    const { code, error } = await new Promise((resolve) => {
      child.on('error', (failure) => resolve({ code: 1, error: failure }));
      child.on('close', (status) => resolve({ code: status ?? 1 }));
    });
    return { code, error, signal, output };
  } finally {
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.off(name, stop);
  }
}

/** The npm that runs us, by the Node that runs it; else the one on the PATH. */
function npmCommand() {
  const { npm_execpath: script, npm_node_execpath: node } = process.env;
  return script !== undefined && node !== undefined && /npm-cli\.[cm]?js$/.test(script)
    ? { command: node, before: [script] }
    : { command: 'npm', before: [] };
}

/** npm deletes node_modules first, so it must not be run by the Node inside, which `npm start` puts first on the PATH. */
function pathWithoutProject(folder) {
  const isInside = (path) => path.startsWith(folder) && path.includes('node_modules');
  return (process.env.PATH ?? '')
    .split(delimiter)
    .filter((path) => !isInside(path))
    .join(delimiter);
}

function npmFault({ code, error, output }, what) {
  if (error?.code === 'ENOENT') return 'npm was not found: it comes with Node (https://nodejs.org); install it and run this again.';
  const heading = `npm ci for ${what} ended with code ${code}.`;
  const remedy = /ENOTFOUND|ECONNREFUSED|ETIMEDOUT|EAI_AGAIN|ECONNRESET|network/.test(output)
    ? 'The registry could not be reached: check the network, or the proxy npm uses (npm config get proxy), and run this again.'
    : /ENOSPC/.test(output)
      ? 'The disk is full: make room and run this again.'
      : 'Mend what it says and run this again; the installation starts over.';
  return `${output.trim()}\n\n${heading} ${remedy}`;
}

const hasGit = () => spawnSync('git', ['--version'], { stdio: 'ignore' }).error === undefined;

const say = (sentence) => process.stderr.write(`${sentence}\n`);

function fail(sentence) {
  say(`\nswitchback: ${sentence}`);
  return 1;
}
