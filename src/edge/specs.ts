import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Asset, VersionSpec } from '../domain/index.ts';
import { replaceFile, type ModuleStore, type Vault } from '../files/index.ts';
import type { ControlClient } from './control-client.ts';
import { messageOf, type Log } from './log.ts';

export interface SpecsOptions {
  readonly control: Pick<ControlClient, 'versionSpec' | 'module'>;
  readonly folder: string;
  readonly vault: Vault;
  readonly modules: ModuleStore;
  /** The store is the control plane's own: what a version needs is in it. */
  readonly isShared?: boolean;
  readonly log: Log;
}

const RETRY_MS = 2_000;
/** How long the spec of a version that left its deployment stays on disk: rolled back to, it starts without the control plane. */
const KEPT_MS = 24 * 60 * 60_000;
/** Ids become file names. */
const SAFE_ID = /^[0-9A-Za-z_-]{1,64}$/;

/**
 * What each version needs to run, with its modules at hand. Versions never change (I1), so what was once fetched is kept:
 * in memory while it is active, and sealed on disk (I8), so that this edge starts it when the control plane is gone.
 */
export class Specs {
  readonly #options: SpecsOptions;
  readonly #specs = new Map<string, VersionSpec>();
  readonly #loading = new Map<string, Promise<VersionSpec>>();
  readonly #closing = new AbortController();
  #wanted: ReadonlySet<string> = new Set();
  #fetching: Promise<void> | undefined;

  constructor(options: SpecsOptions) {
    this.#options = options;
  }

  /** The version's spec once all its modules are in the module store. */
  async load(versionId: string): Promise<VersionSpec> {
    const known = this.#loading.get(versionId);
    if (known !== undefined) return known;
    const loading = this.#load(versionId).finally(() => this.#loading.delete(versionId));
    this.#loading.set(versionId, loading);
    return loading;
  }

  /** Fetches these ahead of their first request, and tries again until it has them all. */
  prefetch(active: ReadonlySet<string>): void {
    this.#wanted = active;
    for (const versionId of this.#specs.keys()) if (!active.has(versionId)) this.#specs.delete(versionId);
    if (this.#missing().length > 0) this.#fetching ??= this.#fetchWanted();
  }

  /** Forgets on disk what has long left every deployment. Answers the digests that are still needed. */
  async prune(now: Date): Promise<ReadonlySet<string>> {
    const { folder } = this.#options;
    const digests = new Set<string>();
    for (const name of await readdir(folder).catch(() => [])) {
      const path = join(folder, name);
      const isOld = async () => now.getTime() - (await stat(path)).mtimeMs > KEPT_MS;
      const spec = this.#wanted.has(name) || !(await isOld()) ? await this.#read(name) : undefined;
      if (spec === undefined) await rm(path, { force: true });
      else for (const digest of await this.#digestsOf(spec)) digests.add(digest);
    }
    return digests;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#fetching;
  }

  async #fetchWanted(): Promise<void> {
    const { signal } = this.#closing;
    for (let missing = this.#missing(); missing.length > 0 && !signal.aborted; missing = this.#missing()) {
      let failure: unknown;
      for (const versionId of missing) await this.#loadWhole(versionId).catch((error: unknown) => (failure = error));
      if (failure === undefined) continue;
      this.#options.log.warn({ error: messageOf(failure) }, 'Versions could not be fetched ahead; trying again.');
      await wait(RETRY_MS, undefined, { signal, ref: false }).catch(() => undefined);
    }
    this.#fetching = undefined;
  }

  /** With the files of its assets, so that they are served without the control plane. */
  async #loadWhole(versionId: string): Promise<void> {
    const spec = await this.load(versionId);
    if (this.#options.isShared === true) return;
    for (const digest of await this.#digestsOf(spec)) if (!this.#closing.signal.aborted) await this.have(digest);
  }

  async #digestsOf({ modules, assets }: VersionSpec): Promise<readonly string[]> {
    const ofModules = modules.map(({ digest }) => digest);
    if (assets === undefined) return ofModules;
    const files = JSON.parse(await this.text(assets.manifest)) as readonly Asset[]; // Written by the control plane.
    return [...ofModules, assets.manifest, ...files.map(({ digest }) => digest)];
  }

  #missing(): string[] {
    return [...this.#wanted].filter((versionId) => !this.#specs.has(versionId));
  }

  async #load(versionId: string): Promise<VersionSpec> {
    if (!SAFE_ID.test(versionId)) throw new Error(`${JSON.stringify(versionId)} is not the id of a version.`);
    const spec = this.#specs.get(versionId) ?? (await this.#kept(versionId)) ?? (await this.#fetch(versionId));
    for (const { digest } of spec.modules) await this.have(digest);
    if (spec.assets !== undefined) await this.have(spec.assets.manifest);
    if (this.#wanted.has(versionId)) this.#specs.set(versionId, spec);
    return spec;
  }

  /** The copy on disk. One that an earlier release made does not say what the version handles, so a new one is better. */
  async #kept(versionId: string): Promise<VersionSpec | undefined> {
    const spec = await this.#read(versionId);
    return spec === undefined || spec.handlers !== undefined ? spec : this.#fetch(versionId).catch(() => spec);
  }

  async #fetch(versionId: string): Promise<VersionSpec> {
    const { control, folder, vault } = this.#options;
    const spec = await control.versionSpec(versionId);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await replaceFile(join(folder, versionId), vault.seal(JSON.stringify(spec), sealContext(versionId)));
    return spec;
  }

  /** The sealed copy; one that does not open is fetched again. */
  async #read(versionId: string): Promise<VersionSpec | undefined> {
    const { folder, vault, log } = this.#options;
    try {
      const sealed = await readFile(join(folder, versionId), 'utf8');
      return JSON.parse(vault.open(sealed, sealContext(versionId))) as VersionSpec; // Sealed by us: nobody else has the key.
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
        log.warn({ versionId, error: messageOf(error) }, 'The saved copy of a version is damaged and was ignored.');
      }
      return undefined;
    }
  }

  /** The text of a stored file, its bytes compared with their digest first (I1). */
  async text(digest: string): Promise<string> {
    await this.have(digest);
    return readFile(await this.#options.modules.verifiedPath(digest), 'utf8');
  }

  /** Brings one file here, unless it is. */
  async have(digest: string): Promise<void> {
    const { control, modules } = this.#options;
    if (await modules.has(digest)) return;
    const stored = await modules.put(await control.module(digest));
    if (stored.digest !== digest) throw new Error(`The control plane sent other bytes for module ${digest}.`);
  }
}

const sealContext = (versionId: string): string => `edge version ${versionId}`;
