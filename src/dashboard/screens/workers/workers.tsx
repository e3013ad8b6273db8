import { Plus } from 'lucide-react';
import { useLive } from '../../api/index.ts';
import { Button, Find, Loaded, RowBones, Segments, useNow } from '../../parts/index.ts';
import { useAddress, useGo } from '../../shell/index.ts';
import { offsetName } from '../../words/index.ts';
import { Headline } from './headline.tsx';
import { NoWorkers, NothingFound } from './none.tsx';
import { useWorkers, type Only } from './rows.ts';
import { WorkersTable } from './workers-table.tsx';
import './workers.css';

/** All Workers, with what serves of each: those that changed lately first. */
export const Workers = () => {
  const [{ q = '', only }, change] = useAddress();
  const goTo = useGo();
  const { first, rowAt, showRange } = useWorkers({ search: q, only: onlyIn(only) });
  const totals = first.data?.result.totals;
  return (
    <>
      <div className="page-head">
        <div>
          <h1 className="title">Workers</h1>
          <p className="second workers-headline">{totals && <Headline totals={totals} />}</p>
        </div>
        <div className="actions">
          <Button kind="main" icon={Plus} onClick={() => goTo('/create')}>
            Create application
          </Button>
        </div>
      </div>
      {totals?.all !== 0 && (
        <search className="workers-filters">
          <Find label="Find a Worker, hostname, version or person" value={q} onChange={(text) => change({ q: text }, false)} />
          <Segments
            name="Which Workers"
            of={SEGMENTS.map(({ value, text, total }) => ({ value, text: <Counted text={text} number={totals?.[total]} /> }))}
            value={only ?? ''}
            onChange={(value) => change({ only: value })}
          />
          <LiveLine />
        </search>
      )}
      <Loaded from={first} bones={<RowBones rows={8} columns={5} />} what="The Workers did not load." still="What is deployed serves on.">
        {({
          result: {
            totals: { all, found, recent },
            window,
          },
        }) => {
          if (all === 0) return <NoWorkers />;
          if (found === 0) return <NothingFound search={q} onShowAll={() => change({ q: undefined, only: undefined })} />;
          const isWhole = q === '' && only === undefined;
          return <WorkersTable {...{ found, window, rowAt, showRange }} recent={isWhole ? recent : undefined} />;
        }}
      </Loaded>
    </>
  );
};

const SEGMENTS = [
  { value: '', text: 'All', total: 'all' },
  { value: 'split', text: 'Split', total: 'split' },
  { value: 'failing_more', text: 'Failing more', total: 'failing_more' },
] as const;

const onlyIn = (text: string | undefined): Only => (text === 'split' || text === 'failing_more' ? text : undefined);

const Counted = ({ text, number }: { readonly text: string; readonly number: number | undefined }) => (
  <>
    {text} <span className="count num">{number}</span>
  </>
);

const LiveLine = () => {
  const { away } = useLive();
  const now = useNow();
  return (
    <p className="small third workers-live">
      {away === undefined && 'Live. '}Times are yours, {offsetName(now)}.
    </p>
  );
};
