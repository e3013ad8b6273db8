import { accept, refuse, type Result } from '../base/index.ts';
import { routingFault, type Asset, type AssetsConfig, type Refusal, type UploadMetadata, type VersionAssets } from '../domain/index.ts';
import { assetClaims, once, textOf, wantedOf } from './asset-session.ts';
import type { Control } from './control.ts';

/**
 * The assets a version gets: those of a finished session; or, where the client says that they are kept, the files of the version
 * before. How they are served is always what the upload says.
 */
export const assetsFor = async (
  control: Control,
  script: string,
  metadata: UploadMetadata,
  previous: VersionAssets | undefined,
): Promise<Result<VersionAssets | undefined, Refusal>> => {
  if (metadata.assets === undefined && metadata.keep_assets !== true) return accept(undefined);
  const config = metadata.assets?.config === undefined ? accept(undefined) : assetsConfig(metadata.assets.config);
  if (!config.ok) return config;
  const jwt = metadata.assets?.jwt;
  if (jwt === undefined) {
    if (previous === undefined || metadata.keep_assets !== true) return refuse({ code: 'assets_missing' });
    return accept({ ...previous, config: config.value ?? previous.config });
  }
  const files = await filesOf(control, script, jwt);
  if (!files.ok) return files;
  const manifest = await control.modules.put(once(Buffer.from(JSON.stringify(files.value))));
  return accept({ manifest: manifest.digest, count: files.value.length, config: config.value ?? {} });
};

const filesOf = async (control: Control, script: string, jwt: string): Promise<Result<readonly Asset[], Refusal>> => {
  const claims = assetClaims(control, jwt, 'complete');
  if (!claims.ok) return claims;
  if (claims.value.script !== script) {
    return refuse({
      code: 'asset_session_invalid',
      fault: `its files were uploaded for the Worker ${JSON.stringify(claims.value.script)}`,
    });
  }
  const uploaded = await control.store.read.assets.uploaded(script);
  const files: Asset[] = [];
  let missing = 0;
  for (const [path, { hash }] of Object.entries(await wantedOf(control, claims.value)).toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const file = uploaded.get(hash);
    if (file === undefined || !(await control.modules.has(file.digest))) missing += 1;
    else files.push({ path, ...file });
  }
  return missing === 0 ? accept(files) : refuse({ code: 'assets_incomplete', missing });
};

const CHOICES: Readonly<Record<string, readonly string[]>> = {
  html_handling: ['auto-trailing-slash', 'force-trailing-slash', 'drop-trailing-slash', 'none'],
  not_found_handling: ['none', '404-page', 'single-page-application'],
};
const TEXTS: ReadonlySet<string> = new Set(['_headers', '_redirects']);
/** Above what any client sends: each rule is at most 2,000 characters. */
const MOST_RULES_TEXT = 1024 * 1024;

/** How assets are served, checked member by member; one that this release does not know is refused by name, never dropped. */
const assetsConfig = (given: Readonly<Record<string, unknown>>): Result<AssetsConfig, Refusal> => {
  const config: Record<string, unknown> = {};
  for (const [member, value] of Object.entries(given)) {
    if (value === undefined || value === null) continue;
    // What wrangler calls it before 4.20, the other way round.
    const [name, asked] = member === 'serve_directly' ? ['run_worker_first', value === false] : [member, value];
    const fault = faultIn(name, asked);
    if (fault !== undefined) return refuse({ code: 'assets_config_invalid', member: name, fault });
    if (name !== 'base_path') config[name] = asked;
  }
  return accept(config);
};

const faultIn = (member: string, value: unknown): string | undefined => {
  const choices = CHOICES[member];
  if (choices !== undefined) return choices.includes(String(value)) ? undefined : `it must be one of ${choices.join(', ')}`;
  if (TEXTS.has(member)) {
    if (typeof value !== 'string') return 'it must be the text of the file';
    return value.length <= MOST_RULES_TEXT ? undefined : `it is longer than ${MOST_RULES_TEXT} characters`;
  }
  if (member === 'run_worker_first') {
    if (typeof value === 'boolean') return undefined;
    const isList = Array.isArray(value) && value.every((rule) => typeof rule === 'string');
    return isList ? routingFault(value) : 'it must be true, false or a list of patterns';
  }
  return member === 'base_path' && value === '/' ? undefined : 'Switchback does not support it yet';
};

/** Digests of every file that some version's manifest names, and of the manifests. */
export const assetDigests = async (control: Pick<Control, 'store' | 'modules'>): Promise<ReadonlySet<string>> => {
  const digests = new Set<string>();
  for (const manifest of await control.store.read.assets.manifests()) {
    digests.add(manifest);
    const files = JSON.parse(await textOf(control, manifest)) as readonly Asset[]; // Written by assetsFor.
    for (const { digest } of files) digests.add(digest);
  }
  return digests;
};
