import assert from 'node:assert/strict';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { TestContext } from 'node:test';
import type { Clock, Ids, Result } from '../../src/base/index.ts';
import {
  EdgeFeed,
  AwaitedAnswers,
  Lanes,
  upload,
  type Actor,
  type Control,
  type TrialResult,
  type Upload,
  type Uploaded,
} from '../../src/control/index.ts';
import type { Refusal, UploadedFile, VersionSpec } from '../../src/domain/index.ts';
import { ModuleStore, openVault } from '../../src/files/index.ts';
import { openSqlite, Store } from '../../src/store/index.ts';
import { uuid } from './builders.ts';
import { aFolder } from './temporary.ts';

export const ADA: Actor = { author: { id: 'token-ada', email: 'ada@example.com' }, source: 'wrangler' };
export const BOB: Actor = { author: { id: 'token-bob', email: 'bob' }, source: 'api' };

/** Stands still until the test moves it, also backwards. */
export class ScriptedClock implements Clock {
  #ms = Date.parse('2026-11-01T10:00:00.000Z');

  now(): Date {
    return new Date(this.#ms);
  }

  move(ms: number): void {
    this.#ms += ms;
  }
}

/** Another 32-bit number for each, in no order. 2654435761 is Knuth's multiplier. */
const scattered = (count: number): number => Math.imul(count, 2_654_435_761) >>> 0;

/** Counts, so that a test is the same each time; fails once where the test says so. */
export class CountingIds implements Ids {
  #count = 0;
  /** The kind of id whose making fails next: as good a failure in the middle of a change as any. */
  failsNext: 'uuid' | undefined;
  /** Real ids do not grow, so nothing may hang on it. */
  areScattered = false;

  uuid(): string {
    if (this.failsNext === 'uuid') {
      this.failsNext = undefined;
      throw new Error('no id today');
    }
    this.#count += 1;
    return uuid(this.areScattered ? scattered(this.#count) : this.#count);
  }

  hex32(): string {
    this.#count += 1;
    return this.#count.toString(16).padStart(32, '0');
  }
}

export const STARTED: TrialResult = { ok: true, startupTimeMs: 3, handlers: ['fetch'], namedHandlers: [], classes: [] };

export interface ControlPlane {
  readonly control: Control;
  readonly folder: string;
  readonly clock: ScriptedClock;
  readonly ids: CountingIds;
  /** What a trial answers; tests put their own in its place. */
  trial: (spec: VersionSpec) => Promise<TrialResult>;
  /** The same for two versions in one process. */
  splitTrial: Control['trySplit'];
  /** Every version that was tried, as the runtime gets it. */
  readonly tried: VersionSpec[];
}

export interface ControlPlaneOptions {
  readonly deployableVersions?: number;
  /** Of an earlier control plane, whose data is found again. */
  readonly folder?: string;
}

/** A control plane on a real database, module store and vault; trials are the test's. */
export const aControlPlane = async (t: TestContext, options: ControlPlaneOptions = {}): Promise<ControlPlane> => {
  const folder = options.folder ?? (await aFolder(t));
  const store = new Store(await openSqlite(folder));
  t.after(() => store.close());
  const [clock, ids] = [new ScriptedClock(), new CountingIds()];
  const tried: VersionSpec[] = [];
  const plane: ControlPlane = {
    folder,
    clock,
    ids,
    tried,
    trial: () => Promise.resolve(STARTED),
    splitTrial: () => Promise.resolve({ ok: true }),
    control: {
      store,
      clock,
      ids,
      modules: new ModuleStore(join(folder, 'modules')),
      vault: await openVault(join(folder, 'secrets.key')),
      feed: new EdgeFeed(),
      lanes: new Lanes(),
      awaited: new AwaitedAnswers(),
      upcoming: new Map(),
      tryVersion: (spec) => {
        tried.push(spec);
        return plane.trial(spec);
      },
      trySplit: (specs) => plane.splitTrial(specs),
      settings: { deployableVersions: options.deployableVersions ?? 100, baseDomain: 'localhost' },
    },
  };
  return plane;
};

export const accepted = <Value>(result: Result<Value, Refusal>): Value => {
  assert.ok(result.ok, result.ok ? '' : `refused: ${JSON.stringify(result.refusal)}`);
  return result.value;
};

export const refused = <Value>(result: Result<Value, Refusal>): Refusal => {
  assert.ok(!result.ok, 'it was accepted');
  return result.refusal;
};

export const aFile = async (control: Control, filename: string, text: string): Promise<UploadedFile> => ({
  filename,
  contentType: 'application/javascript+module',
  ...(await control.modules.put(Readable.from([Buffer.from(text)]))),
});

export interface Said extends Partial<Omit<Upload, 'metadata'>> {
  /** The source of index.js. */
  readonly code?: string;
  readonly metadata?: Upload['metadata'];
}

/** An upload to the script itself, which deploys. */
export const aScriptUpload = async (
  control: Control,
  name: string,
  { code = 'export default {}', metadata, ...more }: Said = {},
): Promise<Upload> => ({
  name,
  path: 'script',
  metadata: { main_module: 'index.js', compatibility_date: '2026-11-01', ...metadata },
  files: [await aFile(control, 'index.js', code)],
  annotations: {},
  strictInherit: true,
  triggeredBy: 'upload',
  deploy: true,
  ...more,
});

/** An upload of a version, which deploys nothing. */
export const aVersionUpload = (control: Control, name: string, said: Said = {}): Promise<Upload> =>
  aScriptUpload(control, name, { path: 'versions', triggeredBy: 'version_upload', deploy: false, ...said });

/** Uploads and takes the answer, so that the next one is an upload of its own. */
export const uploaded = async (control: Control, request: Promise<Upload>, actor: Actor = ADA): Promise<Uploaded> => {
  const made = accepted(await upload(control, actor, await request));
  await control.store.note((queries) => queries.versions.markAnswered(made.version.id, control.clock.now().toISOString()));
  return made;
};
