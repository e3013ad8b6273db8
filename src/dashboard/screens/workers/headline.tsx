import { useApi } from '../../api/index.ts';
import { count, counted } from '../../words/index.ts';
import type { Overview } from './rows.ts';

type Totals = Overview['totals'];

/** So many are named; of more, their number is said. */
const MOST_NAMED = 3;

/** `14 Workers. 2 are split between two versions.` And who fails more often since. */
export const Headline = ({ totals: { all, split, failing_more: failing } }: { readonly totals: Totals }) => {
  const names = useApi(
    'listWorkersOverview',
    { query: { only: 'failing_more', per_page: MOST_NAMED } },
    { enabled: failing > 0 && failing <= MOST_NAMED },
  );
  if (all === 0) return <>What is deployed to this account is shown here, with what serves of it.</>;
  return (
    <>
      {counted(all, 'Worker')}. {splitInWords(split)}{' '}
      {failing > 0 && <strong className="workers-failing">{failingInWords(failing, names.data?.result.workers ?? [])}</strong>}
    </>
  );
};

const splitInWords = (split: number): string => {
  if (split === 0) return 'None is split between two versions.';
  return `${count(split)} ${split === 1 ? 'is' : 'are'} split between two versions.`;
};

const failingInWords = (failing: number, workers: readonly { readonly name: string }[]): string => {
  const names = workers.map(({ name }) => name);
  const who = names.length === failing ? new Intl.ListFormat('en').format(names) : counted(failing, 'Worker');
  return failing === 1 ? `${who} fails more often on its new version.` : `${who} fail more often on their new versions.`;
};
