import type { UseQueryResult } from '@tanstack/react-query';
import { call, useApi, type Answer } from '../../api/index.ts';
import type { Pool } from './binding-kinds.ts';

interface Choice {
  readonly value: string;
  readonly text: string;
}

export interface PoolOf {
  /** As a sentence names it: `namespace`. */
  readonly one: string;
  readonly useChoices: () => { readonly read: UseQueryResult<unknown>; readonly choices: readonly Choice[] | undefined };
  /** Makes one of this name; answers what a binding names it by. */
  readonly create?: (name: string) => Promise<string>;
}

/** As many as one page has: who has more names the one that is meant by its id. */
const ALL = { query: { per_page: 1000 } } as const;

const choicesOf = <Value>(read: UseQueryResult<Answer<Value>>, choicesIn: (value: Value) => readonly Choice[]) => ({
  read,
  choices: read.data && choicesIn(read.data.result).toSorted((a, b) => a.text.localeCompare(b.text)),
});

/** What exists to be bound, and how more of it is made. */
export const POOLS: Readonly<Record<Pool, PoolOf>> = {
  namespaces: {
    one: 'namespace',
    useChoices: () => choicesOf(useApi('listKvNamespaces', ALL), (all) => all.map(({ id, title }) => ({ value: id, text: title }))),
    create: async (title) => (await call('createKvNamespace', { body: { title } })).result.id,
  },
  databases: {
    one: 'database',
    useChoices: () => choicesOf(useApi('listD1Databases', ALL), (all) => all.map(({ uuid, name }) => ({ value: uuid, text: name }))),
    create: async (name) => (await call('createD1Database', { body: { name } })).result.uuid,
  },
  buckets: {
    one: 'bucket',
    useChoices: () => choicesOf(useApi('listR2Buckets', ALL), ({ buckets }) => buckets.map(({ name }) => ({ value: name, text: name }))),
    create: async (name) => (await call('createR2Bucket', { body: { name } })).result.name,
  },
  queues: {
    one: 'queue',
    useChoices: () => choicesOf(useApi('listQueues', ALL), (all) => all.map(({ queue_name: name }) => ({ value: name, text: name }))),
    create: async (name) => (await call('createQueue', { body: { queue_name: name } })).result.queue_name,
  },
  workers: {
    one: 'Worker',
    useChoices: () => choicesOf(useApi('listScripts', {}), (all) => all.map(({ id }) => ({ value: id, text: id }))),
  },
  certificates: {
    one: 'certificate',
    useChoices: () => choicesOf(useApi('listCertificates', ALL), (all) => all.map(({ id, name }) => ({ value: id, text: name ?? id }))),
  },
  classes: {
    one: 'class',
    useChoices: () =>
      choicesOf(useApi('listDurableObjectNamespaces', ALL), (all) =>
        all.map(({ class: name, script }) => ({ value: `${name}@${script}`, text: `${name} of ${script}` })),
      ),
  },
};
