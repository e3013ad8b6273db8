import { useQueries } from '@tanstack/react-query';
import { useCallback, useState } from 'react';
import type { UseQueryResult } from '@tanstack/react-query';
import { readOf, useApi, type Answer, type Result } from '../../api/index.ts';

export type Overview = Result<'listWorkersOverview'>;
export type WorkerRow = Overview['workers'][number];
export type Only = 'split' | 'failing_more' | undefined;

/** What is asked for at once. */
const A_PAGE = 100;
/** Requests go on without any change that an event tells of. */
const EVERY_MS = 15_000;

export interface Rows {
  /** The first page, which has the totals. */
  readonly first: UseQueryResult<Answer<Overview>>;
  /** Undefined where its page is not there yet. */
  readonly rowAt: (index: number) => WorkerRow | undefined;
  /** Which rows are in sight: their pages are kept up to date, and those beside them are read before anybody comes to them. */
  readonly showRange: (from: number, to: number) => void;
}

/** Thousands of Workers, of which the pages in sight and those beside them are read. */
export const useWorkers = ({ search, only }: { readonly search: string; readonly only: Only }): Rows => {
  const query = (page: number) => ({
    query: { page, per_page: A_PAGE, search: search.trim() === '' ? undefined : search.trim(), only },
  });
  const [[from, to], setPages] = useState<readonly [number, number]>([1, 1]);
  const first = useApi('listWorkersOverview', query(1), { keepsPrevious: true, refetchInterval: EVERY_MS });
  const last = pageOf((first.data?.result.totals.found ?? 1) - 1);
  const further = Array.from({ length: to - from + 3 }, (_, at) => from - 1 + at).filter((page) => page > 1 && page <= last);
  const others = useQueries({
    queries: further.map((page) => ({
      ...readOf('listWorkersOverview', query(page)),
      refetchInterval: page >= from && page <= to ? EVERY_MS : (false as const),
    })),
  });
  const showRange = useCallback((start: number, end: number): void => {
    const pages = [pageOf(start), pageOf(end)] as const;
    setPages((before) => (before[0] === pages[0] && before[1] === pages[1] ? before : pages));
  }, []);
  const rowAt = (index: number): WorkerRow | undefined => {
    const page = pageOf(index);
    const answer = page === 1 ? first.data : others[further.indexOf(page)]?.data;
    return answer?.result.workers[index % A_PAGE];
  };
  return { first, rowAt, showRange };
};

const pageOf = (index: number): number => Math.floor(index / A_PAGE) + 1;
