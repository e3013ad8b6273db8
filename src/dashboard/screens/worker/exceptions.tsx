import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useApi, type Result } from '../../api/index.ts';
import { Button, Loaded, RowBones, VersionChip, versionName, When } from '../../parts/index.ts';
import { count, perTenThousand } from '../../words/index.ts';
import type { Window } from './window.ts';
import { servingOf, type Deployment, type Serving, type Worker } from './worker.ts';

type Group = Result<'listExceptions'>[number];

const EVERY_MS = 30_000;
const SHOWN = 6;

export interface ExceptionsProps {
  readonly worker: Worker;
  readonly deployment: Deployment;
  readonly chosen: Window;
}

/** What what serves throws and does not catch, by rates: counts would always blame the version with most traffic. */
export const Exceptions = ({ worker, chosen }: ExceptionsProps) => {
  const serving = servingOf(worker);
  const read = useApi(
    'listExceptions',
    { params: { name: worker.name }, query: { since: chosen.value } },
    { refetchInterval: EVERY_MS, keepsPrevious: true },
  );
  return (
    <section>
      <div className="section-head">
        <h2 className="heading">Exceptions</h2>
        <p className="small third">per 10,000 requests, last {chosen.inWords}</p>
      </div>
      <Loaded
        from={read}
        bones={<RowBones rows={4} columns={3} />}
        what="Exceptions did not load."
        still="The split above is live and correct."
      >
        {({ result }) =>
          result.length === 0 ? (
            <p className="exceptions-none second">
              None in the last {chosen.inWords}. What a version throws and does not catch is shown here.
            </p>
          ) : (
            <Table name={worker.name} serving={serving} groups={result} since={chosen.value} />
          )
        }
      </Loaded>
    </section>
  );
};

interface TableProps {
  readonly name: string;
  readonly serving: readonly Serving[];
  readonly groups: readonly Group[];
  readonly since: Window['value'];
}

const Table = ({ name, serving, groups, since }: TableProps) => {
  const [isWhole, setIsWhole] = useState(false);
  // What the new version brought is what somebody came to see.
  const ordered = groups.toSorted((a, b) => Number(onlyIn(serving, b) !== undefined) - Number(onlyIn(serving, a) !== undefined));
  return (
    <>
      <table className="table exceptions">
        <thead>
          <tr>
            <th scope="col">Exception</th>
            {serving.map((version) => (
              <th key={version.version_id} scope="col" className="r">
                <VersionChip {...version} />
              </th>
            ))}
            <th scope="col" className="r">
              Last seen
            </th>
          </tr>
        </thead>
        <tbody>
          {(isWhole ? ordered : ordered.slice(0, SHOWN)).map((group) => (
            <Row key={group.id} name={name} serving={serving} group={group} since={since} />
          ))}
        </tbody>
      </table>
      {groups.length > SHOWN && !isWhole && (
        <Button kind="quiet" isSmall onClick={() => setIsWhole(true)}>
          Show all {count(groups.length)}
        </Button>
      )}
    </>
  );
};

const Row = ({ name, serving, group, since }: Omit<TableProps, 'groups'> & { readonly group: Group }) => {
  const only = onlyIn(serving, group);
  return (
    <tr data-row>
      <th scope="row" className="exceptions-what">
        <Link to="/workers/$name/logs" params={{ name }} search={{ ...searchFor(group), since }} className="mono exceptions-link">
          {group.message === '' ? group.name : `${group.name}: ${group.message}`}
        </Link>
        <span className="small third">
          {group.frame} {only && <span className={`tag${only.look === 'new' ? ' is-new' : ''}`}>Only in {versionName(only.number)}</span>}
        </span>
      </th>
      {serving.map((version) => (
        <td key={version.version_id} className="r exceptions-rate">
          <span className="exceptions-of">
            <VersionChip {...version} />
          </span>
          <Rate group={group} id={version.version_id} />
        </td>
      ))}
      <td className="r small second exceptions-when">
        <When at={group.last_seen} />
      </td>
    </tr>
  );
};

const Rate = ({ group, id }: { readonly group: Group; readonly id: string }) => {
  const own = group.versions.find(({ version_id: each }) => each === id);
  if (own === undefined || own.count === 0)
    return (
      <>
        <span className="third">0</span>
        <span className="small third">never</span>
      </>
    );
  return (
    <>
      <span className="strong">{own.per_10k_requests === null ? 'unknown' : perTenThousand(own.per_10k_requests)}</span>
      <span className="small third">{count(own.count)} in all</span>
    </>
  );
};

/** The newer version, where nothing else that served threw it. */
const onlyIn = ([newer, older]: readonly Serving[], { versions }: Group): Serving | undefined =>
  newer !== undefined && older !== undefined && versions.every(({ version_id: id, count: seen }) => id === newer.version_id || seen === 0)
    ? newer
    : undefined;

/** In a group's message numbers and ids are `#`: its longest piece without them is what the logs have too. */
const searchFor = ({ name, message }: Group): { readonly mode: string; readonly q: string } => {
  const [longest = ''] = message.split('#').toSorted((a, b) => b.length - a.length);
  return { mode: 'history', q: longest.trim() === '' ? name : longest.trim() };
};
