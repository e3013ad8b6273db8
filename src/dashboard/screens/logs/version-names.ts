import { useMemo } from 'react';
import type { Look } from '../../../domain/index.ts';
import { useApi } from '../../api/index.ts';

export interface NamedVersion {
  readonly id: string;
  readonly number: number;
  readonly look: Look;
}

const A_PAGE = 100;

/** The newest versions of a Worker, with the colours that they have. The same ones stay the same, so that thousands of lines need not be drawn anew. */
export const useVersionNames = (name: string): readonly NamedVersion[] => {
  const versions = useApi('listVersions', { params: { script_name: name }, query: { per_page: A_PAGE } });
  const worker = useApi('getWorkerOverview', { params: { name } });
  const items = versions.data?.result.items;
  const looks = worker.data?.result.looks;
  return useMemo(() => (items ?? []).map(({ id, number }) => ({ id, number, look: looks?.[id] ?? 'idle' })), [items, looks]);
};
