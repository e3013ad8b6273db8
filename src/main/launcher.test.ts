import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { onStopSignals } from './stop-signals.ts';

const ROLES = ['control', 'data', 'edge', 'observe'] as const;

type Role = (typeof ROLES)[number];

/** What each says once it is ready. */
const READY: Readonly<Record<Role, string>> = {
  control: `{ type: 'ready', role: 'control', controlUrl: 'http://127.0.0.1:' + (settings.controlPort || 4001), subdomain: 'acme' }`,
  data: `{ type: 'ready', role: 'data' }`,
  observe: `{ type: 'ready', role: 'observe' }`,
  edge: `{ type: 'ready', role: 'edge', edgeUrl: 'http://127.0.0.1:' + (settings.edgePort || 4002), edgeAdminUrl: 'http://127.0.0.1:4003' }`,
};

/** A child that notes its starts and its end in files, gives a port, and behaves as `special` says. */
const childSource = (role: Role, special: string): string => `
import { appendFileSync } from 'node:fs';
import { runChild } from ${JSON.stringify(join(import.meta.dirname, 'child.ts'))};
import { BadConfiguration } from ${JSON.stringify(join(import.meta.dirname, 'bad-configuration.ts'))};
const note = (text) => appendFileSync(new URL('./${role}.log', import.meta.url), text + '\\n');
await runChild('${role}', async (settings) => {
  note('start ' + JSON.stringify({ pid: process.pid, port: settings.${role}Port, control: settings.control, token: settings.edgeToken.length }));
  let draining = Promise.resolve();
  ${special}
  const keepAlive = setInterval(() => {}, 1000);
  const ready = ${READY[role]};
  return { ready, stop: async () => { note('drained'); await draining; clearInterval(keepAlive); } };
});
`;

class World {
  readonly folder = mkdtempSync(join(tmpdir(), 'switchback-launcher-'));
  launcher: ChildProcess;
  exited: Promise<{ code: number | null; signal: string | null }>;
  said = '';

  constructor(t: TestContext, special: Partial<Record<Role, string>> = {}, { controlPort = 0, hasServed = false } = {}) {
    if (hasServed) mkdirSync(this.#path('.switchback/edge'), { recursive: true });
    for (const role of ROLES) writeFileSync(this.#path(`${role}.ts`), childSource(role, special[role] ?? ''));
    writeFileSync(
      this.#path('launch.ts'),
      `import { launch, readSettings } from ${JSON.stringify(join(import.meta.dirname, 'index.ts'))};
       const settings = readSettings({ flags: { controlPort: '${controlPort}', edgePort: '0' }, environment: {}, configFile: undefined, workingFolder: import.meta.dirname });
       const scripts = Object.fromEntries(${JSON.stringify(ROLES)}.map((role) => [role, import.meta.dirname + '/' + role + '.ts']));
       process.exit(await launch(settings.value, { onReady: (a) => console.log('READY ' + JSON.stringify(a)), say: (s) => console.log(s) }, scripts));`,
    );
    this.launcher = this.#launched();
    this.exited = exitOf(this.launcher);
    t.after(async () => {
      this.launcher.kill('SIGKILL');
      await until('no child is left', () => !this.pids().some(isAlive));
      rmSync(this.folder, { recursive: true });
    });
  }

  /** Another launcher on the same folder. */
  again(): void {
    this.said = '';
    this.launcher = this.#launched();
    this.exited = exitOf(this.launcher);
  }

  #launched(): ChildProcess {
    const node = [process.execPath, '--disable-warning=ExperimentalWarning'] as const;
    const launcher = spawn(node[0], [node[1], this.#path('launch.ts')], { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const output of [launcher.stdout, launcher.stderr]) output.on('data', (chunk: Buffer) => (this.said += chunk.toString()));
    return launcher;
  }

  log(role: Role): string[] {
    const path = this.#path(`${role}.log`);
    return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : [];
  }

  starts(role: Role): { pid: number; port: number; control?: string; token: number }[] {
    return this.log(role)
      .filter((line) => line.startsWith('start '))
      .map((line) => JSON.parse(line.slice(6)) as { pid: number; port: number; token: number });
  }

  pids(): number[] {
    return ROLES.flatMap((role) => this.starts(role)).map(({ pid }) => pid);
  }

  mode(file: string): number {
    return statSync(this.#path(file)).mode & 0o777;
  }

  async ready(): Promise<void> {
    await until('all children are ready', () => this.said.includes('READY'));
  }

  note(file: string): void {
    writeFileSync(this.#path(file), '');
  }

  #path(name: string): string {
    return join(this.folder, name);
  }
}

const exitOf = (launcher: ChildProcess): World['exited'] =>
  new Promise((resolve) => launcher.on('exit', (code, signal) => resolve({ code, signal })));

const until = async (what: string, holds: () => boolean): Promise<void> => {
  const deadline = performance.now() + 20_000;
  while (!holds()) {
    assert.ok(performance.now() < deadline, `waited in vain until ${what}`);
    await wait(20);
  }
};

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test('all children start, the edge knows where the control plane listens, and the addresses are told once', async (t) => {
  const world = new World(t);
  await world.ready();
  assert.deepEqual(JSON.parse(world.said.slice('READY '.length)), {
    controlUrl: 'http://127.0.0.1:4001',
    subdomain: 'acme',
    edgeUrl: 'http://127.0.0.1:4002',
    edgeAdminUrl: 'http://127.0.0.1:4003',
  });
  assert.equal(world.starts('edge')[0]?.control, 'http://127.0.0.1:4001');
  assert.equal(world.starts('edge')[0]?.token, world.starts('control')[0]?.token);
});

test('what the children write is their own user’s alone', async (t) => {
  const world = new World(t);
  await world.ready();
  assert.deepEqual([world.mode('control.log'), world.mode('edge.log')], [0o600, 0o600]);
});

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  test(`${signal} drains all children and ends with 0, also when it comes twice at once`, async (t) => {
    const world = new World(t);
    await world.ready();
    world.launcher.kill(signal);
    world.launcher.kill(signal);
    assert.deepEqual(await world.exited, { code: 0, signal: null });
    assert.equal(world.log('control').at(-1), 'drained');
    assert.equal(world.log('edge').at(-1), 'drained');
  });
}

test('a signal repeated after a second kills children that do not drain, and what they started', async (t) => {
  const deaf = `
    const { spawn } = await import('node:child_process');
    note('start ' + JSON.stringify({ pid: spawn('sleep', ['300'], { detached: true }).pid }));
    process.removeAllListeners('SIGTERM');
    process.on('SIGTERM', () => note('deaf'));`;
  const world = new World(t, { edge: deaf });
  await world.ready();
  world.launcher.kill('SIGINT');
  await until('the edge was asked', () => world.log('edge').includes('deaf'));
  const impatience = setInterval(() => world.launcher.kill('SIGINT'), 200);
  t.after(() => clearInterval(impatience));
  assert.deepEqual(await world.exited, { code: 130, signal: null });
  await until('no child is left', () => !world.pids().some(isAlive));
});

test('a child that crashes is started again on the port it had', async (t) => {
  const world = new World(t);
  await world.ready();
  process.kill(world.starts('edge')[0]?.pid ?? 0, 'SIGKILL');
  await until('the edge is back', () => world.said.includes('The edge process is ready again.'));
  assert.deepEqual(
    world.starts('edge').map(({ port }) => port),
    [0, 4002],
  );
  assert.match(world.said, /The edge process ended \(SIGKILL\); starting it again in 0\.05 s\./);
});

test('children end when the launcher is killed', async (t) => {
  const world = new World(t);
  await world.ready();
  world.launcher.kill('SIGKILL');
  await until('no child is left', () => !world.pids().some(isAlive));
  assert.equal(world.log('edge').at(-1), 'drained');
});

/** It would drain for ever, and has started something that would run for long. */
const HANGS = `
  const { spawn } = await import('node:child_process');
  note('start ' + JSON.stringify({ pid: spawn('sleep', ['300'], { detached: true }).pid }));
  draining = new Promise(() => {});`;

/** It is too busy to notice that its launcher has gone, until it may. */
const BUSY = `
  const { existsSync } = await import('node:fs');
  process.prependListener('disconnect', () => {
    const never = new Int32Array(new SharedArrayBuffer(4));
    while (!existsSync(new URL('./go-on', import.meta.url))) Atomics.wait(never, 0, 0, 20);
  });`;

test('[C-13] a child whose launcher was killed has little time to drain, and ends with what it started', async (t) => {
  const world = new World(t, { edge: HANGS });
  await world.ready();
  world.launcher.kill('SIGKILL');
  await until('no child is left', () => !world.pids().some(isAlive));
  assert.equal(world.log('edge').at(-1), 'drained', 'it was asked to');
});

test('[C-13] after a launcher that was killed the next one waits, says so, and starts when nothing of that one is left', async (t) => {
  const world = new World(t, { edge: BUSY });
  await world.ready();
  world.launcher.kill('SIGKILL');
  await world.exited;
  world.again();
  await until('it waits', () =>
    /^An earlier Switchback on .*\.switchback is still ending; waiting for it, at most 30 s\.$/m.test(world.said),
  );
  assert.equal(world.starts('control').length, 1);
  world.note('go-on');
  await world.ready();
  for (const role of ['control', 'data', 'edge'] as const) {
    const words = world.log(role).map((line) => line.split(' ')[0]);
    assert.deepEqual(words, ['start', 'drained', 'start'], role);
  }
});

test('[C-13] where the other launcher lives, a start is refused at once, and starts nothing', async (t) => {
  const world = new World(t);
  await world.ready();
  const { launcher, exited } = world;
  world.again();
  assert.deepEqual(await world.exited, { code: 1, signal: null });
  assert.match(world.said, /^switchback: .*\.switchback is in use by another Switchback\. Stop that one first.*\n$/);
  assert.equal(world.starts('control').length, 1);
  launcher.kill('SIGINT');
  assert.deepEqual(await exited, { code: 0, signal: null });
});

test('[C-13] who waits for an earlier one can be stopped', async (t) => {
  const world = new World(t, { edge: BUSY });
  await world.ready();
  world.launcher.kill('SIGKILL');
  await world.exited;
  world.again();
  await until('it waits', () => world.said.includes('still ending'));
  world.launcher.kill('SIGINT');
  assert.deepEqual(await world.exited, { code: 0, signal: null });
  assert.equal(world.starts('control').length, 1);
  world.note('go-on');
});

test('a refusal by the control plane is final: its sentence, exit code 1, no restart and no edge', async (t) => {
  const world = new World(t, { control: `throw new BadConfiguration('Another server uses this data directory.');` });
  assert.deepEqual(await world.exited, { code: 1, signal: null });
  assert.equal(world.starts('control').length, 1);
  assert.equal(world.starts('edge').length, 0);
  assert.match(world.said, /^switchback: Another server uses this data directory\.$/m);
});

test('a child that never becomes ready is given up after three tries', async (t) => {
  const world = new World(t, { edge: `throw new Error('broken');` });
  assert.deepEqual(await world.exited, { code: 1, signal: null });
  assert.equal(world.starts('edge').length, 3);
  assert.equal(world.log('control').at(-1), 'drained');
});

test('[OB-28] what observes starts behind the others, is nobody’s reason to end, and is tried again until it can', async (t) => {
  const broken = `const { existsSync } = await import('node:fs'); if (!existsSync(new URL('./mended', import.meta.url))) throw new Error('broken'); note('went on');`;
  const world = new World(t, { observe: broken });
  await world.ready();
  await until('it was tried more often than any other child is', () => world.starts('observe').length > 4);
  world.note('mended');
  await until('it is there', () => world.log('observe').includes('went on'));
  world.launcher.kill('SIGINT');
  assert.deepEqual(await world.exited, { code: 0, signal: null });
  assert.equal(world.log('observe').at(-1), 'drained');
});

/** A data directory that is on a read-only file system, until somebody mends it. */
const READ_ONLY = `
  const { existsSync } = await import('node:fs');
  if (!existsSync(new URL('./mended', import.meta.url))) throw Object.assign(new Error('not now'), { code: 'EROFS' });`;

test('[C-8] a control plane that cannot use its data says so once and is tried again until it can; the edge starts meanwhile', async (t) => {
  const world = new World(t, { control: READ_ONLY }, { controlPort: 4001, hasServed: true });
  await until(
    'the edge has started and the control plane was tried again',
    () => world.starts('edge').length === 1 && world.starts('control').length > 3,
  );
  const [, sentence = ''] = /^(The control process cannot start\. .*)$/m.exec(world.said) ?? [];
  assert.match(sentence, /cannot start\. The data directory is on a read-only file system\. \(.*\) It is tried again until it can/);
  assert.deepEqual(world.said.trim().split('\n'), [sentence], 'that and nothing else');
  world.note('mended');
  await world.ready();
  assert.equal(world.starts('edge').length, 1);
});

test('[C-8] a first start that cannot use its data ends with one sentence', async (t) => {
  const world = new World(t, { control: READ_ONLY }, { controlPort: 4001 });
  assert.deepEqual(await world.exited, { code: 1, signal: null });
  assert.match(world.said, /^The control process cannot start\. The data directory is on a read-only file system\. \(.*\)\n$/);
  assert.deepEqual([world.starts('control').length, world.starts('edge').length], [1, 0]);
});

test('only a signal that comes more than a second after the first insists', (t) => {
  let now = 0;
  t.mock.method(performance, 'now', () => now);
  const heard: string[] = [];
  const ignore = onStopSignals(
    () => heard.push('stop'),
    (signal) => heard.push(signal),
  );
  t.after(ignore);
  for (const at of [0, 1, 1000, 1001]) {
    now = at;
    process.emit('SIGINT', 'SIGINT');
  }
  assert.deepEqual(heard, ['stop', 'SIGINT']);
});
