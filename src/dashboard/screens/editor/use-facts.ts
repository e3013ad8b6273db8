import { useApi } from '../../api/index.ts';

interface Facts {
  /** The address that opens it alone; null where there is none. */
  readonly url: string | null;
  readonly keepsAssets: boolean;
}

/** What the list of versions knows of the one that is edited: its own address, and whether files go with its code. */
export const useFacts = (name: string, id: string, newest: string): Facts => {
  const own = useApi('listVersionHistory', { params: { name }, query: { search: id, per_page: 1 } });
  const last = useApi('listVersionHistory', { params: { name }, query: { search: newest, per_page: 1 } });
  const [base] = own.data?.result ?? [];
  const assets = [base, last.data?.result[0]].every((version) => (version?.assets ?? 0) > 0);
  return { url: base?.url ?? null, keepsAssets: assets };
};
