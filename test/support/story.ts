import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { compileCache, type Environment } from './environment.ts';
import { shownOutput, type Step } from './fences.ts';
import { answerDeployPrompts } from './interactive-deploy.ts';
import { idsIn } from './printed.ts';
import { run, succeeded } from './run.ts';
import { terminal } from './terminal.ts';
import { until } from './until.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const STARTS = /^(?:npm start|switchback start)\b.*$/;
const ASKS = 'switchback wrangler versions deploy';

/** The ports that the documents name, and where `start` prints which one it is this time. */
const PORTS = [
  { named: '7450', variable: 'SWITCHBACK_CONTROL_PORT', printedAs: /^ {2}API +\S+:(\d+)$/m },
  { named: '7480', variable: 'SWITCHBACK_EDGE_PORT', printedAs: /^ {2}Edge +\S+:(\d+)$/m },
  { named: '7481', variable: 'SWITCHBACK_EDGE_ADMIN_PORT', printedAs: /^ {2}Health +\S+:(\d+)/m },
];

/**
 * A reader who follows a document in a shell: what one step exports or changes into, the next one finds. Everything lies in
 * a folder of the story's own that looks like a clone, and servers take any free ports in place of those that are named.
 */
export class Story implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'sb-story-'));
  readonly checkout = join(this.folder, 'switchback');
  readonly #servers: { readonly command: string; readonly child: ChildProcess }[] = [];
  readonly #ports = new Map<string, string>();
  #cwd = this.checkout;
  #environment: Environment;

  constructor() {
    mkdirSync(this.checkout);
    for (const name of readdirSync(ROOT)) if (!name.startsWith('.')) symlinkSync(join(ROOT, name), join(this.checkout, name));
    const home = join(this.folder, 'home');
    mkdirSync(home);
    this.#environment = {
      ...compileCache(),
      PATH: [dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter),
      HOME: home,
      XDG_STATE_HOME: join(home, '.local', 'state'),
      XDG_CONFIG_HOME: join(home, '.config'),
      LANG: 'C.UTF-8',
      NO_COLOR: '1',
      WRANGLER_SEND_METRICS: 'false',
      WRANGLER_HIDE_BANNER: 'true',
      ...Object.fromEntries(PORTS.map(({ variable }) => [variable, '0'])),
    };
  }

  get cwd(): string {
    return this.#cwd;
  }

  async take({ text, marks, output }: Step): Promise<void> {
    const cwd = marks['in'] === 'checkout' ? this.checkout : this.#cwd;
    if (marks['file'] !== undefined) return writeFileSync(join(cwd, marks['file']), `${text}\n`);
    const printed = text === ASKS ? await this.#answer(cwd) : await this.#run(this.#real(text), cwd);
    if (output !== undefined) assert.match(printed.replaceAll('\r\n', '\n'), shownOutput({ ...output, text: this.#real(output.text) }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.#stopServers();
    } finally {
      rmSync(this.folder, { recursive: true, force: true });
    }
  }

  /** Like Ctrl-C in each terminal, the last one first. */
  async #stopServers(): Promise<void> {
    for (const { command, child } of this.#servers.splice(0).toReversed()) {
      if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, 'SIGINT');
      const code = child.exitCode ?? (await new Promise((resolve) => child.once('close', resolve)));
      // npm itself dies of the signal that its script has handled.
      assert.ok(code === 0 || command === 'npm start', `${command} ended with ${code}`);
    }
  }

  /** The text with the ports that the servers have this time. */
  #real(text: string): string {
    return text.replaceAll(/\b\d{4}\b/g, (port) => this.#ports.get(port) ?? port);
  }

  /** Runs a block as bash would at a prompt, and answers what it printed. A last line that starts a server is left running. */
  async #run(text: string, cwd: string): Promise<string> {
    const lines = text.split('\n');
    const start = STARTS.test(lines.at(-1) ?? '') ? lines.pop() : undefined;
    const state = join(this.folder, 'state');
    const script = ['set -aeuo pipefail', ...lines, `pwd > '${state}.cwd'`, `env -0 > '${state}.env'`].join('\n');
    const ran = succeeded(await run('bash', ['-c', script], { cwd, env: this.#environment, timeoutMs: 120_000 }));
    if (cwd === this.#cwd) this.#cwd = readFileSync(`${state}.cwd`, 'utf8').trim();
    const variables = readFileSync(`${state}.env`, 'utf8').split('\0').filter(Boolean);
    this.#environment = Object.fromEntries(variables.map((entry) => entry.split(/=(.*)/s).slice(0, 2) as [string, string]));
    if (start !== undefined) await this.#start(start, cwd);
    return ran.stdout;
  }

  async #start(command: string, cwd: string): Promise<void> {
    // On the same data directory as before: the reader has stopped the server first, and finds it again on its ports.
    if (!command.includes('--data')) await this.#stopServers();
    const path = `${join(ROOT, 'bin')}${delimiter}${this.#environment['PATH']}`;
    const child = spawn('bash', ['-c', `exec ${command}`], { cwd, env: { ...this.#environment, PATH: path }, detached: true });
    this.#servers.push({ command, child });
    let printed = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (printed += data.toString()));
    await until(`${command} to be ready`, () => {
      if (child.exitCode !== null) throw new Error(`${command} ended with ${child.exitCode}:\n\n${printed}`);
      return printed.includes('Switchback is running.');
    });
    for (const { named, variable, printedAs } of PORTS) {
      const real = printedAs.exec(printed)?.[1];
      if (real === undefined) continue;
      this.#ports.set(named, real);
      if (!command.includes('--data')) this.#environment = { ...this.#environment, [variable]: real };
    }
  }

  /** The prompts: a tenth to the newest version, the rest to the one before. */
  async #answer(cwd: string): Promise<string> {
    const options = { cwd, env: this.#environment };
    const listed = succeeded(await run('switchback', ['wrangler', 'versions', 'list'], options));
    const [before = '', newest = ''] = idsIn(listed.stdout).slice(-2);
    await using session = terminal('/bin/sh', ['-c', `exec ${ASKS}`], options);
    const shares = [
      { versionId: newest, percentage: '10' },
      { versionId: before, percentage: '90' },
    ];
    return await answerDeployPrompts(session, { shares });
  }
}
