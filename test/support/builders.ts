import type { Deployment, Module, PlainBinding, RoutingTable, SecretBinding, Version, WorkerEntry } from '../../src/domain/index.ts';

/** Small worlds for tests of rules: each builder gives a whole thing, and the test says only what it is about. */

export const uuid = (number: number): string =>
  `${number.toString(16).padStart(8, '0')}-0000-4000-8000-${String(number).padStart(12, '0')}`;

export const aSecret = (name: string, value: string): SecretBinding => ({
  type: 'secret_text',
  name,
  sealed: `sealed ${value}`,
  fingerprint: `fingerprint of ${value}`,
});

export const aVariable = (name: string, text: string): PlainBinding => ({ type: 'plain_text', name, text });

export const aModule = (more: Partial<Module> = {}): Module => ({
  name: 'index.js',
  kind: 'esm',
  contentType: 'application/javascript+module',
  digest: 'a'.repeat(64),
  size: 42,
  ...more,
});

const AUTHOR = { id: 'token-1', email: 'ada@example.com' };

export const aVersion = (number: number, more: Partial<Version> = {}): Version => ({
  id: uuid(number),
  scriptTag: 'f'.repeat(32),
  number,
  createdOn: `2026-11-01T10:00:00.${String(number).padStart(6, '0')}Z`,
  source: 'wrangler',
  author: AUTHOR,
  triggeredBy: 'version_upload',
  message: undefined,
  tag: undefined,
  alias: undefined,
  startupTimeMs: 3,
  etag: 'e'.repeat(64),
  handlers: ['fetch'],
  namedHandlers: [],
  syntax: 'modules',
  mainModule: 'index.js',
  modules: [aModule()],
  bindings: [],
  compatibilityDate: '2026-11-01',
  compatibilityFlags: [],
  usageModel: 'standard',
  limits: {},
  placement: undefined,
  kept: {},
  ...more,
});

/** A deployment of the versions 1, 2, … with these percentages. */
export const aDeployment = (
  number: number,
  { shares = [100], ...more }: Partial<Deployment> & { shares?: readonly number[] } = {},
): Deployment => ({
  id: uuid(1000 + number),
  scriptTag: 'f'.repeat(32),
  createdOn: `2026-11-01T11:00:00.${String(number).padStart(6, '0')}Z`,
  source: 'wrangler',
  author: AUTHOR,
  triggeredBy: 'deployment',
  message: undefined,
  split: shares.map((percentage, at) => ({ versionId: uuid(at + 1), share: percentage * 1000 })),
  rollbackFrom: undefined,
  ...more,
});

export const aWorkerEntry = (name: string, more: Partial<WorkerEntry> = {}): WorkerEntry => ({
  name,
  deployment: null,
  workersDev: true,
  previews: false,
  previewVersions: [],
  aliases: {},
  ...more,
});

export const aTable = (generation: number, workers: readonly WorkerEntry[] = []): RoutingTable => ({
  generation,
  hosts: { domains: ['localhost'], subdomain: 'switchback', routes: [], customDomains: [] },
  workers,
});
