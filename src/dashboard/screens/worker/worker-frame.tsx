import { Link, Outlet, useParams, useRouterState } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { Refusal } from '../../parts/index.ts';
import { TrafficSince } from '../traffic/index.ts';
import { HostsLine } from './hosts-line.tsx';
import { ServingStrip } from './serving-strip.tsx';
import { WorkerActions } from './worker-actions.tsx';
import { useWorker } from './worker.ts';
import './worker.css';

const TABS = [
  ['/workers/$name', 'Overview'],
  ['/workers/$name/deployments', 'Deployments'],
  ['/workers/$name/versions', 'Versions'],
  ['/workers/$name/logs', 'Logs'],
  ['/workers/$name/triggers', 'Triggers'],
  ['/workers/$name/settings', 'Settings'],
] as const;

/** Head and tabs around each page of one Worker. What serves is on all of them: large on the overview, as a strip on the others. */
export const WorkerFrame = () => {
  const { name } = useParams({ from: '/inside/workers/$name' });
  // Of the page that is shown: the next one may have to be loaded.
  const isOverview = useRouterState({
    select: ({ location, resolvedLocation = location }) => /^\/workers\/[^/]+\/?$/.test(resolvedLocation.pathname),
  });
  const { worker, isMissing, read } = useWorker(name);
  const tabs = useCurrentInSight();
  if (isMissing) return <NoWorker name={name} />;
  return (
    <>
      <div className="page-head worker-head">
        <div>
          <p className="crumbs">
            <Link to="/">Workers & Pages</Link>
          </p>
          <h1 className="title">{name}</h1>
          <p className="small third worker-hosts">{worker && <HostsLine name={name} hosts={worker.hosts} />}</p>
        </div>
        <WorkerActions name={name} hasEdit />
      </div>
      <nav ref={tabs} className="tabs" aria-label="Of the Worker">
        {TABS.map(([to, text]) => (
          <Link key={to} to={to} params={{ name }} search={{}} activeOptions={{ exact: to === '/workers/$name', includeSearch: false }}>
            {text}
            {text === 'Versions' && <span className="count worker-count">{worker?.version_count}</span>}
          </Link>
        ))}
      </nav>
      {!isOverview && (worker ? <ServingStrip worker={worker} /> : <div className="split-strip worker-strip-bone" aria-hidden />)}
      <TrafficSince name={name} />
      {worker === undefined && read.error !== null && <Refusal what="What serves did not load." error={read.error} />}
      <Outlet />
    </>
  );
};

/** Narrow windows show a part of the tabs: where one is, is in it. The page stays where it is. */
const useCurrentInSight = () => {
  const tabs = useRef<HTMLElement>(null);
  const path = useRouterState({ select: ({ resolvedLocation }) => resolvedLocation?.pathname });
  useEffect(() => {
    const { current } = tabs;
    const at = current?.querySelector<HTMLElement>('[aria-current=page]');
    if (current == null || at == null) return;
    const left = at.getBoundingClientRect().left - current.getBoundingClientRect().left + current.scrollLeft;
    current.scrollLeft = left - (current.clientWidth - at.offsetWidth) / 2;
  }, [path]);
  return tabs;
};

const NoWorker = ({ name }: { readonly name: string }) => (
  <>
    <p className="crumbs">
      <Link to="/">Workers & Pages</Link>
    </p>
    <h1 className="title">There is no Worker {name}</h1>
    <p className="second">
      It may have been deleted, which the <AuditLink name={name} /> tells, or the address has another name than the Worker.{' '}
      <Link to="/" className="link">
        To the Workers
      </Link>
    </p>
  </>
);

const AuditLink = ({ name }: { readonly name: string }) => (
  <Link to="/audit" search={{ worker: name }} className="link">
    audit log
  </Link>
);
