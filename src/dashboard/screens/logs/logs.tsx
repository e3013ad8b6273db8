import { useParams } from '@tanstack/react-router';
import { Find, Segments, SelectField } from '../../parts/index.ts';
import { useAddress } from '../../shell/index.ts';
import { History } from './history.tsx';
import { LiveLogs } from './live-logs.tsx';
import { useVersionNames, type NamedVersion } from './version-names.ts';
import './logs.css';

/** What both the live log and its history are asked for. */
export interface LogFilter {
  readonly worker: string;
  readonly versionId: string | undefined;
  readonly onlyErrors: boolean;
  readonly search: string | undefined;
  readonly versions: readonly NamedVersion[];
}

const MODES = [
  { value: 'live', text: 'Live' },
  { value: 'history', text: 'History' },
] as const;

const WHICH = [
  { value: 'all', text: 'All' },
  { value: 'errors', text: 'Errors' },
] as const;

/** What a Worker's versions were called for and said: as it happens, or from what was kept. */
export const Logs = () => {
  const { name } = useParams({ strict: false });
  const [search, change] = useAddress();
  const worker = name ?? '';
  const versions = useVersionNames(worker);
  const isLive = search['mode'] !== 'history';
  const filter: LogFilter = {
    worker,
    versions,
    versionId: search['version'],
    onlyErrors: search['show'] === 'errors',
    search: search['q'],
  };
  return (
    <section className="section" aria-label="Logs">
      <div className="logs-filters">
        <Segments name="Which time" of={MODES} value={isLive ? 'live' : 'history'} onChange={(mode) => change({ mode }, false)} />
        <Segments
          name="Which invocations"
          of={WHICH}
          value={filter.onlyErrors ? 'errors' : 'all'}
          onChange={(show) => change({ show: show === 'all' ? undefined : show }, false)}
        />
        <SelectField
          label="Version"
          of={[['', 'All versions'], ...versions.map(({ id, number }) => [id, `v${number}`] as const)]}
          value={filter.versionId ?? ''}
          onChange={({ target }) => change({ version: target.value }, false)}
        />
        <Find
          label={isLive ? 'Find in what is logged' : 'Find in logs, exceptions, addresses'}
          value={filter.search ?? ''}
          onChange={(q) => change({ q }, false)}
        />
      </div>
      {isLive ? <LiveLogs {...filter} /> : <History {...filter} />}
    </section>
  );
};
