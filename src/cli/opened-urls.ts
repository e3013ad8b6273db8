import type { Status, WorkerStatus } from './status.ts';
import type { OutputEntry } from './wrangler-output.ts';

export interface OpenedUrl {
  readonly worker: string;
  /** Undefined while the Worker has no address at all. */
  readonly url: string | undefined;
}

/**
 * Where what wrangler just did can be seen. wrangler itself prints `https://…` without the port. What it did is in its output
 * entries; a rollback writes none, and neither do old wranglers, so then it is the Workers whose deployment changed meanwhile.
 */
export const callableUrls = (before: Status, after: Status, entries: readonly OutputEntry[]): OpenedUrl[] => {
  const told = entries.flatMap((entry) => urlOfEntry(after, entry));
  return told.length > 0 ? told : changedWorkers(before, after).map(({ name, url }) => ({ worker: name, url: url ?? undefined }));
};

const urlOfEntry = (status: Status, { type, worker_name: name, version_id: version, preview_url: preview }: OutputEntry): OpenedUrl[] => {
  if (name === undefined || name === null) return [];
  const worker = status.workers.find((candidate) => candidate.name === name);
  // A dry run names a Worker without having made a version of it.
  if (type === 'deploy' && version) return [{ worker: name, url: worker?.url ?? undefined }];
  if (type === 'version-deploy') return [{ worker: name, url: worker?.url ?? undefined }];
  const opened = type === 'version-upload' && preview && version ? previewUrl(status, worker, preview) : undefined;
  return opened === undefined ? [] : [{ worker: `${name} at version ${version}`, url: opened }];
};

/** wrangler gives a version's address its own scheme and base; its first label is right, and the rest is that of the Worker. */
const previewUrl = (status: Status, worker: WorkerStatus | undefined, preview: string): string | undefined => {
  if (!URL.canParse(preview)) return undefined;
  const url = new URL(preview);
  const edge = status.edge_url === null ? undefined : new URL(status.edge_url);
  if (edge === undefined) return undefined;
  const [label, ...rest] = url.hostname.split('.');
  const home = worker?.url ? new URL(worker.url).hostname.split('.') : [];
  const domain = home[0] === worker?.name ? home.slice(1) : rest;
  return `${edge.protocol}//${[label, ...domain].join('.')}${edge.port === '' ? '' : `:${edge.port}`}`;
};

const changedWorkers = (before: Status, after: Status): WorkerStatus[] => {
  const deployments = new Map(before.workers.map(({ name, deployment }) => [name, deployment?.id]));
  return after.workers.filter(({ name, deployment }) => deployment?.id !== deployments.get(name));
};
