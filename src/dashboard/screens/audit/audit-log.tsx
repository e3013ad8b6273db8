import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useApi } from '../../api/index.ts';
import { Button, Empty, Loaded, PageHead, RowBones, SelectField, TextField, When } from '../../parts/index.ts';
import { useAddress } from '../../shell/index.ts';
import { activityInWords, clockOf, count, dayName, toolName, type Activity } from '../../words/index.ts';
import './audit.css';

const A_PAGE = 100;

/** Actions by their first word, which is what the API filters by. */
const KINDS = [
  ['', 'Everything'],
  ['deployment', 'Deployments'],
  ['version', 'Versions'],
  ['script', 'Uploads with deployment'],
  ['secret', 'Secrets'],
  ['settings', 'Settings'],
  ['worker', 'Workers'],
  ['route', 'Routes'],
  ['domain', 'Custom domains'],
  ['schedules', 'Cron triggers'],
  ['queue', 'Queues'],
  ['logpush_job', 'Logpush jobs'],
  ['token', 'Tokens'],
  ['session', 'Sessions'],
] as const;

const SINCE = [
  ['', 'Any time'],
  ['1', 'Last 24 hours'],
  ['7', 'Last 7 days'],
  ['30', 'Last 30 days'],
] as const;

const DAY_MS = 24 * 60 * 60_000;

/** Whole days, so that the question stays the same while one looks. */
const sinceOf = (days: string | undefined): string | undefined =>
  days === undefined ? undefined : new Date(Date.now() - Number(days) * DAY_MS).toISOString().slice(0, 10);

/** Who changed what, when, from where and by which tool. What was refused changed nothing and is not in it. */
export const AuditLog = () => {
  const [search, change] = useAddress();
  const { worker, action, actor } = search;
  const days = SINCE.find(([value]) => value === search['days'])?.[0];
  const page = /^[1-9]\d{0,5}$/.test(search['page'] ?? '') ? Number(search['page']) : 1;
  const log = useApi(
    'listAudit',
    { query: { target: worker && `worker/${worker}`, action, actor, since: sinceOf(days), page, per_page: A_PAGE } },
    { keepsPrevious: true },
  );
  const set = (name: string) => (value: string) => change({ [name]: value, page: undefined }, false);
  return (
    <>
      <PageHead title="Audit log">Every change, by whom and by which tool. Values of secrets are in none of them.</PageHead>
      <search className="audit-filters">
        <Filter label="Worker" value={worker} onChange={set('worker')} />
        <SelectField label="What" of={KINDS} value={action ?? ''} onChange={({ target }) => set('action')(target.value)} />
        <Filter label="Person or token" value={actor} onChange={set('actor')} />
        <SelectField label="When" of={SINCE} value={days ?? ''} onChange={({ target }) => set('days')(target.value)} />
      </search>
      <Loaded from={log} bones={<RowBones rows={8} columns={3} />} what="The audit log did not load.">
        {({ result, resultInfo }) =>
          result.length === 0 ? (
            <Empty title="Nothing was changed that this is true of">
              Every deployment, upload and setting leaves a line here, also those of wrangler and the API.
            </Empty>
          ) : (
            <>
              <Days entries={result} />
              <Pages page={page} shown={result.length} total={resultInfo.total_count ?? 0} onGo={(to) => change({ page: String(to) })} />
            </>
          )
        }
      </Loaded>
    </>
  );
};

interface FilterProps {
  readonly label: string;
  readonly value: string | undefined;
  readonly onChange: (value: string) => void;
}

/** Asks when it is left or Enter is pressed: each question is a search of the whole log. */
const Filter = ({ label, value = '', onChange }: FilterProps) => {
  const [typed, setTyped] = useState(value);
  const [asked, setAsked] = useState(value);
  // The way back of the browser, or a link, asks too.
  if (asked !== value) {
    setAsked(value);
    setTyped(value);
  }
  const ask = (): void => {
    if (typed.trim() !== value) onChange(typed.trim());
  };
  return (
    <TextField
      label={label}
      value={typed}
      onChange={({ target }) => setTyped(target.value)}
      onBlur={ask}
      onKeyDown={({ key }) => {
        if (key === 'Enter') ask();
      }}
    />
  );
};

interface PagesProps {
  readonly page: number;
  readonly shown: number;
  readonly total: number;
  readonly onGo: (page: number) => void;
}

const Pages = ({ page, shown, total, onGo }: PagesProps) => {
  const before = (page - 1) * A_PAGE;
  return (
    <p className="audit-more third">
      {count(before + 1)} to {count(before + shown)} of {count(total)}
      {page > 1 && (
        <Button isSmall onClick={() => onGo(page - 1)}>
          Newer
        </Button>
      )}
      {before + shown < total && (
        <Button isSmall onClick={() => onGo(page + 1)}>
          Older
        </Button>
      )}
    </p>
  );
};

const Days = ({ entries }: { readonly entries: readonly Activity[] }) => {
  const now = new Date();
  const days = Map.groupBy(entries, ({ at }) => dayName(new Date(at), now));
  return [...days].map(([day, ofDay]) => (
    <section key={day} className="audit-day" aria-label={day}>
      <h2 className="strong">{day}</h2>
      <ul className="rows">
        {ofDay.map((entry) => (
          <Row key={entry.id} entry={entry} />
        ))}
      </ul>
    </section>
  ));
};

const Row = ({ entry }: { readonly entry: Activity }) => {
  const { at, actor, target, detail, action } = entry;
  const worker = /^worker\/(.+)$/.exec(target)?.[1];
  const said = detail['message'] ?? detail['reason'];
  return (
    <li className="audit-row" data-row>
      <span className="num third">
        <When at={at} as={clockOf} />
      </span>
      <div>
        <strong className="strong">{actor.email}</strong> {activityInWords(entry)}
        {typeof said === 'string' && said !== '' && <span className="third"> “{said}”</span>}
        <p className="small third">{[toolName(detail['source']), actor.ip].filter(Boolean).join(', ')}</p>
      </div>
      <details className="audit-detail small">
        <summary>Details</summary>
        <dl className="facts">
          <Fact name="Action" value={action} />
          <Fact name="Target" value={target} />
          <Fact name="Actor" value={actor.id} />
          {Object.entries(detail).map(([name, value]) => (
            <Fact key={name} name={name} value={typeof value === 'string' ? value : JSON.stringify(value)} />
          ))}
        </dl>
        {worker !== undefined && (
          <Link to="/workers/$name" params={{ name: worker }} className="link">
            Open {worker}
          </Link>
        )}
      </details>
    </li>
  );
};

const Fact = ({ name, value }: { readonly name: string; readonly value: string }) => (
  <>
    <dt>{name}</dt>
    <dd className="mono">{value}</dd>
  </>
);
