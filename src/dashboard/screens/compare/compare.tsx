import { ArrowLeftRight } from 'lucide-react';
import { Link, useParams } from '@tanstack/react-router';
import { useApi, type Result } from '../../api/index.ts';
import { Bones, Button, Loaded, RowBones } from '../../parts/index.ts';
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
  const comparison = useApi(
    'compareVersions',
    { params: { name }, query: { ...sides, since } },
    { keepsPrevious: true, refetchInterval: 30_000 },
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
              what="How they do did not load."
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
    </>
  );
};
