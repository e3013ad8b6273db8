import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../../../src/base/index.ts';
import { CSRF_HEADER } from '../../../src/contract/index.ts';
import type { TrialResult } from '../../../src/control/index.ts';
import { DataProcess, Queues, R2 } from '../../../src/data/index.ts';
import type { VersionSpec } from '../../../src/domain/index.ts';
import { makeProcessFolder } from '../../../src/runtime/index.ts';
import type { Served } from './observed.ts';
import { openControl, type ControlPlaneAsked } from '../control-here.ts';

const HOUR_MS = 3_600_000;

/** The modules of a version by name; the first is the one that is started. */
export type Files = Readonly<Record<string, string>>;

/** A person, or a program, and what they work with. */
export type Hand = readonly [who: string, tool: 'wrangler' | 'dash' | 'api'];

const USER_AGENTS = { wrangler: 'wrangler/4.164.0', api: 'node', dash: 'Mozilla/5.0' } as const;

class PastClock implements Clock {
  ms = 0;

  now(): Date {
    return new Date(this.ms);
  }
}

/** Versions are not tried, because there are hundreds; they run when they serve. */
const untried = ({ script }: VersionSpec): TrialResult => ({
  ok: true,
  startupTimeMs: 4,
  handlers: HANDLERS[script] ?? ['fetch'],
  namedHandlers: [],
  classes: [],
});

/**
 * The past of a data directory, made by the product's own API in this process, whose clock goes to when each thing happened. What
 * happened is said in any order with `at`; `happen` does it in the order of time.
 */
export class Past implements AsyncDisposable {
  readonly now: number;
  readonly #clock: PastClock;
  readonly #control: ControlPlaneAsked;
  readonly #ends: AsyncDisposableStack;
  readonly #tokens = new Map<string, string>();
  readonly #ids = new Map<string, string>();
  readonly #events: { readonly at: number; readonly work: () => Promise<unknown> }[] = [];

  private constructor(now: number, clock: PastClock, control: ControlPlaneAsked, ends: AsyncDisposableStack) {
    this.now = now;
    this.#clock = clock;
    this.#control = control;
    this.#ends = ends;
  }

  /** `firstHours`: how long before `now` the account came to be. */
  static async open(data: string, now: number, firstHours: number): Promise<Past> {
    mkdirSync(data, { recursive: true });
    await using opening = new AsyncDisposableStack();
    const { path: runtimeDir } = await makeProcessFolder(tmpdir());
    const options = { dataDir: join(data, 'resources'), runtimeDir, log: () => {} };
    for (const holder of [DataProcess, Queues, R2]) opening.use(await holder.open(options));
    const clock = new PastClock();
    clock.ms = now - firstHours * HOUR_MS;
    const control = opening.use(
      await openControl(data, {
        dataFolder: runtimeDir,
        allowsPrivate: true,
        more: { clock, tryVersion: (spec) => Promise.resolve(untried(spec)) },
      }),
    );
    writeFileSync(
      join(data, 'credentials'),
      `${JSON.stringify({ api_token: control.operatorToken, account_id: control.accountId, control_url: '' })}\n`,
      { mode: 0o600 },
    );
    return new Past(now, clock, control, opening.move());
  }

  /** Something that happened so many hours before now. */
  at(hours: number, work: () => Promise<unknown>): void {
    this.#events.push({ at: this.now - hours * HOUR_MS, work });
  }

  async happen(): Promise<void> {
    for (const { at, work } of this.#events.splice(0).toSorted((one, other) => one.at - other.at)) {
      this.#clock.ms = Math.max(this.#clock.ms + 1, at);
      await work();
    }
  }

  /** Somebody gets a token, which bears their name. */
  async meet(who: string): Promise<void> {
    const { value } = (await this.#sent('POST', 'tokens', { authorization: `Bearer ${this.#control.operatorToken}` }, { name: who })) as {
      value: string;
    };
    this.#tokens.set(who, value);
  }

  /** One call by somebody. A path without a slash in front is one of the account's. */
  async call([who, tool]: Hand, method: string, path: string, body?: unknown): Promise<unknown> {
    const token = this.tokenOf(who);
    const headers = {
      'user-agent': USER_AGENTS[tool],
      ...(tool === 'dash' ? await this.#signedIn(token) : { authorization: `Bearer ${token}` }),
    };
    return this.#sent(method, path, headers, body);
  }

  upload(hand: Hand, script: string, code: Files, metadata: object): Promise<unknown> {
    return this.call(hand, 'PUT', `workers/scripts/${script}`, formOf(code, metadata));
  }

  uploadVersion(hand: Hand, script: string, code: Files, metadata: object): Promise<unknown> {
    return this.call(hand, 'POST', `workers/scripts/${script}/versions`, formOf(code, metadata));
  }

  /** One bucket of a session for static assets; answers the token for the version, once all files are here. */
  async uploadFiles(jwt: string, form: FormData): Promise<string | undefined> {
    const sent = await this.#sent('POST', 'workers/assets/upload?base64=true', { authorization: `Bearer ${jwt}` }, form);
    return (sent as { readonly jwt?: string }).jwt;
  }

  /** `shares`: percentages by the numbers of versions. */
  async deploy(hand: Hand, script: string, shares: Readonly<Record<number, number>>, message?: string): Promise<void> {
    const versions = [];
    for (const [number, percentage] of Object.entries(shares))
      versions.push({ version_id: await this.versionId(script, Number(number)), percentage });
    const annotations = message === undefined ? {} : { annotations: { 'workers/message': message } };
    await this.call(hand, 'POST', `workers/scripts/${script}/deployments?force=true`, { strategy: 'percentage', versions, ...annotations });
  }

  async versionId(script: string, number: number): Promise<string> {
    const key = `${script} ${number}`;
    if (!this.#ids.has(key)) for (const item of await this.#versions(script)) this.#ids.set(`${script} ${item.number}`, item.id);
    const id = this.#ids.get(key);
    assert.ok(id !== undefined, `${script} has no version ${number}`);
    return id;
  }

  tokenOf(who: string): string {
    const token = this.#tokens.get(who);
    assert.ok(token !== undefined, `${who} has no token`);
    return token;
  }

  async scripts(): Promise<readonly string[]> {
    const workers = (await this.#asked('workers/scripts')) as readonly { readonly id: string }[];
    return workers.map(({ id }) => id);
  }

  /** Which version of a Worker served how much from when on, newest first. */
  async served(script: string): Promise<readonly Served[]> {
    const { deployments } = (await this.#asked(`workers/scripts/${script}/deployments`)) as {
      readonly deployments: readonly {
        readonly created_on: string;
        readonly versions: readonly { readonly version_id: string; readonly percentage: number }[];
      }[];
    };
    const numbers = new Map<string, number>();
    for (const { id, number } of await this.#versions(script)) numbers.set(id, number);
    return deployments.map(({ created_on, versions }) => ({
      from: Date.parse(created_on),
      shares: versions.map(({ version_id: id, percentage }) => ({ id, number: numbers.get(id) ?? 0, share: percentage / 100 })),
    }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#ends.disposeAsync();
  }

  async #versions(script: string): Promise<readonly { readonly id: string; readonly number: number }[]> {
    const { items } = (await this.#asked(`workers/scripts/${script}/versions?per_page=100`)) as {
      readonly items: readonly { readonly id: string; readonly number: number }[];
    };
    return items;
  }

  #asked(path: string): Promise<unknown> {
    return this.#sent('GET', path, { authorization: `Bearer ${this.#control.operatorToken}` });
  }

  async #signedIn(token: string): Promise<Readonly<Record<string, string>>> {
    const response = await this.#control.request('/switchback/v1/session', { method: 'POST', body: JSON.stringify({ token }) });
    const { csrf_token } = (await resultOf(response, 'signing in')) as { readonly csrf_token: string };
    return { cookie: response.headers.getSetCookie()[0]?.split(';')[0] ?? '', [CSRF_HEADER]: csrf_token };
  }

  async #sent(method: string, path: string, headers: Readonly<Record<string, string>>, body?: unknown): Promise<unknown> {
    return resultOf(await this.#request(method, path, headers, body), `${method} ${path}`);
  }

  #request(method: string, path: string, headers: Readonly<Record<string, string>>, body?: unknown): Promise<Response> {
    const whole = path.startsWith('/') ? path : `/accounts/${this.#control.accountId}/${path}`;
    const sent = body === undefined ? {} : { body: body instanceof FormData ? body : JSON.stringify(body) };
    return this.#control.request(`/client/v4${whole}`, { method, headers, ...sent });
  }
}

const resultOf = async (response: Response, what: string): Promise<unknown> => {
  const { success, result, errors } = (await response.json()) as { success: boolean; result: unknown; errors: unknown };
  assert.ok(success, `${what}: ${response.status} ${JSON.stringify(errors)}`);
  return result;
};

/** What the Workers export where it is not what most do. */
const HANDLERS: Readonly<Record<string, readonly string[]>> = { 'nightly-report': ['scheduled'], 'order-mail': ['queue'] };

const formOf = (code: Files, metadata: object): FormData => {
  const [main] = Object.keys(code);
  const form = new FormData();
  form.set('metadata', JSON.stringify({ main_module: main, compatibility_date: '2026-09-01', bindings: [], ...metadata }));
  for (const [name, text] of Object.entries(code)) form.set(name, new File([text], name, { type: 'application/javascript+module' }));
  return form;
};
