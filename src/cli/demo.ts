import { randomBytes } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { callApi } from './api-client.ts';
import { createDemoProject, type DemoProject } from './demo-project.ts';
import { serverForDemo } from './demo-server.ts';
import { countAnswers, type Counts } from './demo-traffic.ts';
import { Failure } from './failure.ts';
import type { Credentials } from './server.ts';
import { readStatus } from './status.ts';
import { say, styled } from './terminal.ts';
import { chooseWrangler } from './wrangler-binary.ts';
import { wranglerEnvironment } from './wrangler.ts';
import type { OutputEntry } from './wrangler-output.ts';

/** 128 + SIGINT, as shells count. */
const INTERRUPTED = 130;
const FIRST = 'version one';
const SECOND = 'version two';

/** The walk-through of gradual deployments, live: every step is the real wrangler, every count real requests. */
export const demo = async ({ data, fast }: { data?: string; fast?: boolean }): Promise<void> => {
  const server = await serverForDemo(data);
  const project = await createDemoProject(`demo-${randomBytes(3).toString('hex')}`);
  const interruption = new AbortController();
  const interrupt = (): void => interruption.abort(new Failure('Interrupted: the Worker of the demo is deleted again.', INTERRUPTED));
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  const stage = new Stage(server.credentials, project, fast === true, interruption.signal);
  try {
    await walkThrough(stage);
  } finally {
    await stage.removeWorker();
    await rm(project.folder, { recursive: true, force: true });
    await server.close();
  }
};

const walkThrough = async (stage: Stage): Promise<void> => {
  await stage.scene('A new Worker goes live with wrangler deploy: all traffic at once.');
  await stage.project.edit(FIRST);
  const first = await stage.wrangler('deploy', '--message', FIRST);
  say(`  It opens at ${styled('bold', await stage.url())}`);
  await stage.showTraffic();

  await stage.scene('Its code changes. versions upload keeps the change as a version, and no visitor sees it yet.');
  await stage.project.edit(SECOND);
  const second = await stage.wrangler('versions', 'upload', '--message', SECOND, '--tag', 'two');
  await stage.showTraffic();

  for (const share of [10, 50]) {
    await stage.scene(`A deployment splits the traffic: ${share} % to the new version.`);
    await stage.wrangler('versions', 'deploy', `${second}@${share}`, `${first}@${100 - share}`, '-y', '--message', `${share} % canary`);
    await stage.showTraffic();
  }

  await stage.scene('It looks good: the new version takes everything.');
  await stage.wrangler('versions', 'deploy', `${second}@100`, '-y', '--message', 'all of it');
  await stage.showTraffic();

  await stage.scene('It was not good. Rollback is one command, and the next request has the old version.');
  await stage.wrangler('rollback', first, '-y', '--message', 'back to the first');
  await stage.showTraffic();
  say(`\n${styled('bold', 'That is Switchback.')} The Worker of the demo is deleted again; deploy your own: switchback wrangler deploy`);
};

class Stage {
  readonly project: DemoProject;
  readonly #server: Credentials;
  readonly #isFast: boolean;
  readonly #signal: AbortSignal;
  #scenes = 0;

  constructor(server: Credentials, project: DemoProject, isFast: boolean, signal: AbortSignal) {
    this.#server = server;
    this.project = project;
    this.#isFast = isFast;
    this.#signal = signal;
  }

  async scene(title: string): Promise<void> {
    this.#signal.throwIfAborted();
    if (!this.#isFast && this.#scenes > 0) await wait(1500);
    this.#scenes += 1;
    say(`\n${styled('bold', `${this.#scenes}. ${title}`)}`);
  }

  /** Runs the bundled wrangler in the project and answers the version it made, if it made one. */
  async wrangler(...args: string[]): Promise<string> {
    say(`  ${styled('cyan', `$ wrangler ${args.map(shellWord).join(' ')}`)}`);
    const outputFile = join(this.project.folder, `output-${this.#scenes}.ndjson`);
    const child = spawn(process.execPath, [chooseWrangler(this.project.folder).wrangler.script, ...args], {
      cwd: this.project.folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...wranglerEnvironment(process.env, this.#server), WRANGLER_OUTPUT_FILE_PATH: outputFile, WRANGLER_HIDE_BANNER: 'true' },
    });
    const exited = new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
    const [output, errors, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), exited]);
    this.#signal.throwIfAborted();
    if (exitCode !== 0) throw new Failure(`wrangler ${args[0]} ended with ${exitCode}:\n${output}${errors}`);
    const entries = await readFile(outputFile, 'utf8').catch(() => '');
    return versionIn(entries) ?? '';
  }

  async url(): Promise<string> {
    return (await this.#place()).url;
  }

  /** Visits the Worker in a loop and shows how many answers each version gave. */
  async showTraffic(): Promise<void> {
    const { url, edgeUrl } = await this.#place();
    const requests = this.#isFast ? 100 : 400;
    const counts = await countAnswers(url, edgeUrl, requests);
    for (const answer of [FIRST, SECOND, ...others(counts)]) say(`  ${answer}  ${bar(counts.get(answer) ?? 0, requests)}`);
  }

  async removeWorker(): Promise<void> {
    const path = `/client/v4/accounts/${this.#server.account_id}/workers/scripts/${this.project.script}?force=true`;
    // It may not have come so far as to exist; and what went wrong before matters more than this.
    await callApi(this.#server, 'DELETE', path).catch(() => undefined);
  }

  async #place(): Promise<{ url: string; edgeUrl: string }> {
    const status = await readStatus(this.#server);
    const url = status.workers.find(({ name }) => name === this.project.script)?.url;
    if (!url || status.edge_url === null)
      throw new Failure(`The demo's Worker has no address: is the edge running? See switchback status.`);
    return { url, edgeUrl: status.edge_url };
  }
}

const versionIn = (ndjson: string): string | undefined =>
  ndjson
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => (JSON.parse(line) as OutputEntry).version_id ?? undefined)
    .findLast((version) => version !== undefined);

const others = (counts: Counts): string[] => [...counts.keys()].filter((answer) => answer !== FIRST && answer !== SECOND);

const BAR_WIDTH = 40;

const bar = (count: number, total: number): string =>
  `${'█'.repeat(Math.round((count / total) * BAR_WIDTH)).padEnd(BAR_WIDTH, '·')}  ${count} of ${total}`;

const shellWord = (word: string): string => (/^[\w@%./-]+$/.test(word) ? word : `'${word}'`);
