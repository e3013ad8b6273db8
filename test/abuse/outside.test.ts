/**
 * What takes an internet to try, in a network of the tests' own: redirects and names that lead inside, servers that ask for a
 * certificate, and crowds from one address.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { pemFile } from '../support/certificates.ts';
import { run, succeeded } from '../support/run.ts';
import type { Found } from './outside-run.ts';

const PROGRAM = join(import.meta.dirname, 'outside-run.ts');
/** 198.51.100.0/24 is for examples alone (RFC 5737); to the runtime it is public. */
const NETWORK = 'ip link set lo up && ip route add local 198.51.100.0/24 dev lo';
const RESOLVER = 'echo "nameserver 127.0.0.1" > "$0" && mount --bind "$0" /etc/resolv.conf';
/** To the runtime our own authority is one of those that browsers trust. */
const TRUST = 'mount -t tmpfs none /etc/ssl && mkdir /etc/ssl/certs && cp "$AUTHORITY" /etc/ssl/certs/ca-certificates.crt';
const OUTSIDE = [NETWORK, RESOLVER, TRUST].join(' && ');

const folder = mkdtempSync(join(tmpdir(), 'sb-outside-'));
const within = (script: string, args: readonly string[] = []) =>
  run('unshare', ['--map-root-user', '--net', '--mount', '/bin/sh', '-c', script, join(folder, 'resolv.conf'), ...args], {
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '', HOME: folder, AUTHORITY: fileURLToPath(pemFile('outside.pem')) },
    timeoutMs: 120_000,
  });

test('an outside of our own', async (t) => {
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const possible = await within(OUTSIDE).catch(() => undefined);
  if (possible?.code !== 0)
    return t.skip('It takes unshare, ip and the right to make a network and mounts of its own (Linux, root or user namespaces).');
  const command = [process.execPath, '--disable-warning=ExperimentalWarning', PROGRAM];
  const { stdout } = succeeded(await within(`${OUTSIDE} && exec "$@"`, command));
  const found = JSON.parse(stdout) as Found; // Our own program's.

  await t.test('[B-6] a redirect, or a name, that leads inside is refused; one that leads outside is followed', () => {
    for (const { attempt, outcome } of found.reached) assert.match(outcome ?? '', /^reached/, JSON.stringify(attempt));
    assert.ok(found.reached.length === 5 && found.refused.length > 50);
    for (const { attempt, outcome } of found.refused) assert.match(outcome ?? '', /^refused: /, JSON.stringify(attempt));
    assert.equal(found.callers, 0);
  });

  await t.test('[U-1] a server that asks for a certificate gets the one that is bound, by its binding alone', () => {
    const [bound, unbound] = found.presented;
    assert.equal(bound, 'client-ec');
    assert.match(unbound ?? '', /^refused: /);
  });

  await t.test('[B-10] an address has its connections and no more; others and this machine are let in, and who left makes room', () => {
    assert.deepEqual(found.crowd, [...Array.from({ length: 5 }, () => 'stays'), 'closed', 'closed', 'closed']);
    assert.deepEqual([found.neighbour, new Set(found.local), found.later], ['stays', new Set(['stays']), 'stays']);
  });
});
