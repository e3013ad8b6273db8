import { Link } from '@tanstack/react-router';
import { useApi } from '../../api/index.ts';
import { newerFirst, VersionChip } from '../../parts/index.ts';
import { count, percentage, rate } from '../../words/index.ts';
import type { Deployment } from './history.ts';

/** What served, and what it did while the deployment held, as far as that was counted. */
export const DeploymentVersions = ({ name, deployment }: { readonly name: string; readonly deployment: Deployment }) => {
  const { at, until, versions } = deployment;
  const metrics = useApi('getMetrics', { params: { name }, query: { since: at, ...(until === null ? {} : { until }) } });
  const counted = (id: string) => metrics.data?.result.groups.find(({ key }) => key === id);
  return (
    <section className="section">
      <h3 className="heading">Versions</h3>
      <div className="one-deployment-wide">
        <table className="table">
          <thead>
            <tr>
              <th scope="col">Version</th>
              <th scope="col" className="r">
                Share
              </th>
              <th scope="col">Message</th>
              <th scope="col">Id</th>
              {metrics.data !== undefined && (
                <>
                  <th scope="col" className="r">
                    Requests in its time
                  </th>
                  <th scope="col" className="r">
                    Errors
                  </th>
                </>
              )}
            </tr>
          </thead>
          <tbody>
            {newerFirst(versions).map((version) => (
              <tr key={version.version_id}>
                <td>
                  {version.number === null ? (
                    <VersionChip {...version} />
                  ) : (
                    <Link to="/workers/$name/versions/$id" params={{ name, id: version.version_id }} search={{}} className="chip-link">
                      <VersionChip {...version} />
                    </Link>
                  )}
                </td>
                <td className="r">{percentage(version.percentage)}</td>
                <td>
                  {version.message ?? <span className="third">No message</span>}{' '}
                  {version.tag !== null && <span className="tag">{version.tag}</span>}
                </td>
                <td className="mono">{version.version_id.slice(0, 8)}</td>
                {metrics.data !== undefined && <Counted of={counted(version.version_id)} />}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {metrics.isError && <p className="small third">Its requests are not known: what was observed does not answer.</p>}
    </section>
  );
};

const Counted = ({ of }: { readonly of: { readonly requests: number; readonly error_rate: number | null } | undefined }) => (
  <>
    <td className="r">
      <span className="one-deployment-label third">Requests </span>
      {of === undefined ? <span className="third">None counted</span> : count(of.requests)}
    </td>
    <td className="r">
      <span className="one-deployment-label third">Errors </span>
      {of?.error_rate == null ? <span className="third">None</span> : rate(of.error_rate)}
    </td>
  </>
);
