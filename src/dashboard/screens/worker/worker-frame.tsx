import { Link, Outlet, useParams } from '@tanstack/react-router';
import { useApi } from '../../api/index.ts';
import { WorkerActions } from './worker-actions.tsx';

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
  const status = useApi('getStatus', {});
  const url = status.data?.result.workers.find((worker) => worker.name === name)?.url;
  return (
    <>
      <div className="page-head">
        <div>
          <p className="crumbs">
            <Link to="/">Workers & Pages</Link>
          </p>
          <h1 className="title">{name}</h1>
          <p className="small">
            {url != null && (
              <a href={url} className="link" target="_blank" rel="noreferrer">
                {new URL(url).host}
              </a>
            )}
          </p>
        </div>
        <WorkerActions name={name} hasEdit />
      </div>
      <nav className="tabs" aria-label="Of the Worker">
        {TABS.map(([to, text]) => (
          <Link key={to} to={to} params={{ name }} search={{}} activeOptions={{ exact: to === '/workers/$name', includeSearch: false }}>
            {text}
          </Link>
        ))}
      </nav>
      <Outlet />
    </>
  );
};
