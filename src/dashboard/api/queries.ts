import { keepPreviousData, QueryClient, queryOptions, useQuery, type UseQueryResult } from '@tanstack/react-query';
import { ApiFailure, call, type Answer, type Call, type EndpointName, type Result } from './client.ts';

/** What the dashboard knows of the server. Events say what of it is old; nothing is asked for in between unless a screen says so. */
export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      // The server may be this very machine, which a browser that is offline reaches all the same.
      networkMode: 'always',
      staleTime: 30_000,
      // A refusal stays one; a server that is away comes back.
      retry: (count, error) => !(error instanceof ApiFailure && error.status < 500) && count < 3,
      retryDelay: (count) => Math.min(500 * 2 ** count, 5_000),
    },
    mutations: { networkMode: 'always' },
  },
});

export interface Options {
  readonly refetchInterval?: number;
  readonly enabled?: boolean;
  /** Zero where it must be read anew, however lately it was. */
  readonly staleTime?: 0;
  /** What was there before stays until the new is there: for a filter, or another window of time. */
  readonly keepsPrevious?: boolean;
}

/** A read of the API, by the name that it has in the contract. Its key is `[name, params, query]`. */
export const readOf = <Name extends EndpointName>(name: Name, options: Call<Name>) => {
  const { params, query } = options as { readonly params?: unknown; readonly query?: unknown };
  return queryOptions({
    queryKey: [name, params ?? {}, query ?? {}] as const,
    queryFn: ({ signal }): Promise<Answer<Result<Name>>> => call(name, { ...options, signal }),
  });
};

/** The same in a component. `data` is the whole answer: `data?.result`, `data?.etag`. */
export const useApi = <Name extends EndpointName>(
  name: Name,
  options: Call<Name>,
  { keepsPrevious = false, ...more }: Options = {},
): UseQueryResult<Answer<Result<Name>>> =>
  useQuery({ ...readOf(name, options), ...more, ...(keepsPrevious ? { placeholderData: keepPreviousData } : {}) });

/** The Worker that a read is about, where it is about one. */
const workerIn = (params: unknown): string | undefined => {
  const { script_name: script, name, worker } = (params ?? {}) as Readonly<Record<string, string | undefined>>;
  return script ?? name ?? worker;
};

/** Of the key of what never changes: it is read once. */
export const UNCHANGING = 'unchanging';

/** Reads anew what a change may have made old: what is about its Worker, and what is about no single one. */
export const refresh = (worker: string | undefined): Promise<void> =>
  queries.invalidateQueries({
    predicate: ({ queryKey, state }) => {
      if (queryKey[0] === UNCHANGING && state.data !== undefined) return false;
      const about = workerIn(queryKey[1]);
      return worker === undefined || about === undefined || about === worker;
    },
  });
