import { ArrowLeftRight } from 'lucide-react';
import { Link, useParams } from '@tanstack/react-router';
import { ApiFailure, useApi, type Result } from '../../api/index.ts';
import { Bones, Button, Empty, Loaded, RowBones } from '../../parts/index.ts';
import { useAddress } from '../../shell/index.ts';
import { WorkerActions } from '../worker/index.ts';
import { Assets } from './assets.tsx';
import { Behaviour } from './behaviour.tsx';
import { Code } from './code.tsx';
import { Configuration } from './configuration.tsx';
import { PageTabs } from './page-tabs.tsx';
import { SidePicker } from './side-picker.tsx';
import './compare.css';

export type Differences = Result<'getDifferences'>;
export type Comparison = Result<'compareVersions'>;
/** One of the two versions. */
export type Side = Differences['version'];

/** Two versions beside each other: what they do, and what makes them differ. The older stands left, as in code: before, then after. */
export const Compare = () => {
  const { name = '' } = useParams({ strict: false });
  const [{ version, baseline, since }, change] = useAddress();
  const sides = { version, baseline };
  const differences = useApi('getDifferences', { params: { name }, query: sides }, { keepsPrevious: true });
  // Where nobody says which two, the API finds them, or none.
  const isNamed = version !== undefined || baseline !== undefined;
  const isWithoutPair = !isNamed && differences.error instanceof ApiFailure && differences.error.status === 400;
  const comparison = useApi(
    'compareVersions',
    { params: { name }, query: { ...sides, since } },
    { keepsPrevious: true, refetchInterval: 30_000, enabled: !isWithoutPair },
  );
  const shown = differences.data?.result;
  const choose = (next: { readonly version?: string; readonly baseline?: string }): void =>
    change({ version: shown?.version.version_id, baseline: shown?.baseline.version_id, ...next });
  const swap = (): void => choose({ version: shown?.baseline.version_id ?? '', baseline: shown?.version.version_id ?? '' });
  /** One that stands on the other side already changes places with it. */
  const pick = (side: 'version' | 'baseline', id: string): void =>
    shown?.[side === 'version' ? 'baseline' : 'version'].version_id === id ? swap() : choose({ [side]: id });
  return (
    <>
      <div className="page-head">
        <div>
          <p className="crumbs">
            <Link to="/">Workers & Pages</Link> /{' '}
            <Link to="/workers/$name" params={{ name }}>
              {name}
            </Link>
          </p>
          <h1 className="title">Compare versions</h1>
        </div>
        <WorkerActions name={name} />
      </div>
      {isWithoutPair ? (
        <NothingToCompare name={name} />
      ) : (
        <Loaded from={differences} bones={<Bones lines={[50, 70, 60, 40]} />} what="What differs did not load.">
          {({ result }) => (
            <>
              <div className="compare-sides">
                <SidePicker name={name} label="Older version" side={result.baseline} onChoose={(id) => pick('baseline', id)} />
                <span className="compare-swap">
                  <Button kind="quiet" isSmall icon={ArrowLeftRight} name="Swap the two versions" onClick={swap} />
                </span>
                <SidePicker name={name} label="Newer version" side={result.version} onChoose={(id) => pick('version', id)} />
              </div>
              <Loaded
                from={comparison}
                bones={<RowBones rows={4} columns={5} />}
                what="How the two compare did not load."
                still="What differs, below, is correct."
              >
                {(told) => <Behaviour comparison={told.result} differences={result} tabs={<PageTabs differences={result} />} />}
              </Loaded>
              <Configuration differences={result} />
              <Code name={name} differences={result} />
              <Assets differences={result} />
            </>
          )}
        </Loaded>
      )}
    </>
  );
};

const NothingToCompare = ({ name }: { readonly name: string }) => (
  <Empty title="Nothing to compare yet">
    {name} never served by two versions. Once another one was deployed, the two stand beside each other here; any other two can be named
    under{' '}
    <Link to="/workers/$name/versions" params={{ name }} search={{}} className="link">
      Versions
    </Link>
    .
  </Empty>
);
