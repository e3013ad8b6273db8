import { useParams } from '@tanstack/react-router';
import { Find, Segments } from '../../parts/index.ts';
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
  const isOlder = filter.versionId !== undefined && !versions.some(({ id }) => id === filter.versionId);
  return (
    <section className="logs" aria-label="Logs">
      <div className="logs-filters">
        <Segments
          name="Which time"
          of={MODES}
          value={isLive ? 'live' : 'history'}
          onChange={(mode) => change({ mode, ray: undefined }, false)}
        />
        <Segments
          name="Which invocations"
          of={WHICH}
          value={filter.onlyErrors ? 'errors' : 'all'}
          onChange={(show) => change({ show: show === 'all' ? undefined : show }, false)}
        />
        <select
          className="input"
          aria-label="Version"
          value={filter.versionId ?? ''}
          onChange={({ target }) => change({ version: target.value }, false)}
        >
          <option value="">All versions</option>
          {/* An address may name one that is none of the newest. */}
          {isOlder && <option value={filter.versionId}>{filter.versionId?.slice(0, 8)}</option>}
          {versions.map(({ id, number }) => (
            <option key={id} value={id}>
              v{number}
            </option>
          ))}
        </select>
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
