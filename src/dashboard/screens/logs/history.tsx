import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Fragment } from 'react';
import { call, useApi } from '../../api/index.ts';
import { Button, Empty, Loaded, RowBones, Segments } from '../../parts/index.ts';
import { useAddress } from '../../shell/index.ts';
import { dayName } from '../../words/index.ts';
import { lineOfInvocation } from './line.ts';
import { LineRow } from './line-row.tsx';
import type { LogFilter } from './logs.tsx';

const SINCE = [
  { value: '1h', text: '1 h' },
  { value: '8h', text: '8 h' },
  { value: '24h', text: '24 h' },
  { value: '7d', text: '7 d' },
] as const;

/** What was kept, newest first: a share of all invocations, and each that failed while two versions served. */
export const History = ({ worker, versionId, onlyErrors, search, versions }: LogFilter) => {
  const [address, change] = useAddress();
  const { ray } = address;
  // A link to one invocation leads there however long ago it was.
  const since = SINCE.find(({ value }) => value === address['since'])?.value ?? (ray === undefined ? '24h' : '7d');
  const query = { since, version: versionId, errors: onlyErrors ? ('true' as const) : undefined, search, ray };
  const pages = useInfiniteQuery({
    queryKey: ['listInvocations', { name: worker }, query],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) =>
      call('listInvocations', { params: { name: worker }, query: { ...query, cursor: pageParam }, signal }),
    getNextPageParam: ({ resultInfo }) => resultInfo.cursor,
  });
  return (
    <>
      <div className="section-head logs-state">
        <Segments name="How far back" of={SINCE} value={since} onChange={(value) => change({ since: value }, false)} />
        <WhatIsKept worker={worker} />
      </div>
      {ray !== undefined && (
        <p className="logs-ray">
          Only the invocation with the ray <span className="mono">{ray}</span>.{' '}
          <Button isSmall onClick={() => change({ ray: undefined }, false)}>
            Show all
          </Button>
        </p>
      )}
      <Loaded from={pages} bones={<RowBones rows={8} columns={3} />} what="The history did not load.">
        {(data) => {
          const lines = data.pages.flatMap(({ result }) => result.map(lineOfInvocation));
          return (
            <>
              {lines.length === 0 && (
                <Empty title="Nothing was kept that this is true of">
                  Counts are always kept; logs are where observability is on for the Worker, or two versions share its traffic.
                </Empty>
              )}
              <ol className="rows logs-lines" aria-label="Invocations, newest first">
                {lines.map((line, index) => (
                  <Fragment key={line.id}>
                    <NewDay at={line.at} before={lines[index - 1]?.at} />
                    <LineRow line={line} version={versions.find(({ id }) => id === line.versionId)} isOpenAtFirst={line.id === ray} />
                  </Fragment>
                ))}
              </ol>
              {pages.hasNextPage && (
                <Button
                  isSmall
                  working={pages.isFetchingNextPage ? 'Looking further back' : undefined}
                  onClick={() => void pages.fetchNextPage()}
                >
                  Show older ones
                </Button>
              )}
            </>
          );
        }}
      </Loaded>
    </>
  );
};

/** Names the day where another begins, which a clock alone does not tell. */
const NewDay = ({ at, before }: { readonly at: string; readonly before: string | undefined }) => {
  const now = new Date();
  const day = dayName(new Date(at), now);
  if (day === (before === undefined ? dayName(now, now) : dayName(new Date(before), now))) return null;
  return (
    <li className="logs-day">
      <h2 className="strong">{day}</h2>
    </li>
  );
};

/** Which share of what happens is in the history. */
const WhatIsKept = ({ worker }: { readonly worker: string }) => {
  const settings = useApi('getScriptSettings', { params: { script_name: worker } });
  const observability = settings.data?.result.observability;
  if (settings.data === undefined) return null;
  const rate = observability?.head_sampling_rate ?? 1;
  const kept =
    observability?.enabled === true
      ? rate === 1
        ? 'Every invocation is kept.'
        : `${Math.round(rate * 1000) / 10}% of the invocations are kept, and each that failed in a split.`
      : 'Observability is off: only what failed in a split is kept.';
  return (
    <p className="small third">
      {kept}{' '}
      <Link to="/workers/$name/settings" params={{ name: worker }} className="link">
        Settings
      </Link>
    </p>
  );
};
