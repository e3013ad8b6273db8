import { join } from 'node:path';
import { Readable } from 'node:stream';
import { randomIds, timestampAfter } from '../src/base/index.ts';
import { WHOLE, type Module, type Version } from '../src/domain/index.ts';
import { ModuleStore } from '../src/files/index.ts';
import { openSqlite, Store, type Queries } from '../src/store/index.ts';
import { COMPATIBILITY_DATE } from './bare.ts';
import { hello } from './sources.ts';

/** How much a Worker has behind it. */
export interface History {
  readonly name: string;
  readonly versions: number;
  readonly deployments: number;
}

const AUTHOR = { id: 'bench', email: 'bench@example.com' };

/** Writes Workers with their history straight into the store of a data directory that no server has open. */
export const fillStore = async (data: string, histories: readonly History[]): Promise<void> => {
  const modules = new ModuleStore(join(data, 'modules'));
  const { digest, size } = await modules.put(Readable.from([Buffer.from(hello())]));
  const module: Module = { name: 'worker.js', kind: 'esm', contentType: 'application/javascript+module', digest, size };
  const store = new Store(await openSqlite(data));
  try {
    await store.note(async (queries) => {
      for (const history of histories) await writeWorker(queries, history, module);
      await queries.meta.set('generation', String(histories.length));
    });
  } finally {
    await store.close();
  }
};

const writeWorker = async (queries: Queries, { name, versions, deployments }: History, module: Module): Promise<void> => {
  const tag = randomIds.hex32();
  let now = timestampAfter(new Date(), undefined);
  const settings = { workersDev: true, previews: true, settings: {} };
  const worker = { tag, name, createdOn: now, modifiedOn: now, lastDeployedFrom: 'wrangler', nextNumber: versions + 1, ...settings };
  await queries.workers.insert(worker);
  const ids: string[] = [];
  for (let number = 1; number <= versions; number += 1) {
    now = timestampAfter(new Date(), now);
    const version = versionOf(tag, number, now, module);
    ids.push(version.id);
    await queries.versions.insert(version, undefined);
  }
  for (let at = 0; at < deployments; at += 1) {
    now = timestampAfter(new Date(), now);
    const split = [{ versionId: ids[at % ids.length] ?? '', share: WHOLE }];
    const made = {
      id: randomIds.uuid(),
      scriptTag: tag,
      createdOn: now,
      source: 'wrangler',
      author: AUTHOR,
      triggeredBy: 'deployment',
    } as const;
    await queries.deployments.insert({ ...made, message: `deployment ${at}`, split, rollbackFrom: undefined });
  }
};

const versionOf = (scriptTag: string, number: number, createdOn: string, module: Module): Version => ({
  id: randomIds.uuid(),
  scriptTag,
  number,
  createdOn,
  source: 'wrangler',
  author: AUTHOR,
  triggeredBy: 'version_upload',
  startupTimeMs: 5,
  etag: module.digest,
  handlers: ['fetch'],
  namedHandlers: [],
  message: `version ${number}`,
  tag: undefined,
  alias: undefined,
  syntax: 'modules',
  mainModule: module.name,
  modules: [module],
  bindings: [{ type: 'plain_text', name: 'NUMBER', text: String(number) }],
  compatibilityDate: COMPATIBILITY_DATE,
  compatibilityFlags: [],
  usageModel: 'standard',
  limits: {},
  placement: undefined,
  kept: {},
});
