// One installation of a folder at a time: two `npm ci` in one folder delete each other's files.
import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

const HEARTBEAT_MS = 1000;
const POLL_MS = 500;
/** A holder that has not shown a heartbeat over so many looks is gone: killed, or its machine stopped. */
const LOOKS_UNTIL_STALE = 16;

/**
 * Takes the lock file, waiting while another process holds it; `onWait` is called once if so. Answers how to give it back.
 * A process id alone does not tell whether the holder lives (containers, reuse), so the holder touches the file every second.
 */
export async function takeLock(path, onWait) {
  const token = `${process.pid} ${randomBytes(8).toString('hex')}\n`;
  let seen = { beat: 0, looks: 0 };
  for (let attempts = 0; !createWhole(path, token); attempts += 1) {
    if (attempts === 0) onWait();
    const held = look(path);
    if (held === undefined) continue;
    seen = held.beat === seen.beat ? { beat: held.beat, looks: seen.looks + 1 } : { beat: held.beat, looks: 0 };
    if (seen.looks >= LOOKS_UNTIL_STALE || !isAlive(held.token)) breakLock(path, held.token);
    else await wait(POLL_MS);
  }
  const heartbeat = setInterval(() => touch(path), HEARTBEAT_MS);
  heartbeat.unref();
  return () => {
    clearInterval(heartbeat);
    if (look(path)?.token === token) rmSync(path, { force: true });
  };
}

function createWhole(path, token) {
  try {
    writeFileSync(path, token, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

function look(path) {
  try {
    return { token: readFileSync(path, 'utf8'), beat: statSync(path).mtimeMs };
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function isAlive(token) {
  const pid = Number(token.split(' ')[0]);
  // An empty file is a lock in the instant of its making.
  if (!Number.isInteger(pid) || pid <= 0) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Removes the lock of a holder that is gone. Taken away by rename: should it be another's fresh one by now, it is put back. */
function breakLock(path, staleToken) {
  const aside = `${path}.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (error.code === 'ENOENT') return;
    throw error;
  }
  if (look(aside)?.token === staleToken) rmSync(aside, { force: true });
  else renameSync(aside, path);
}

function touch(path) {
  const now = new Date();
  try {
    utimesSync(path, now, now);
  } catch {
    // Taken away as stale while this machine slept: the stamp still tells whether the installation is whole.
  }
}
