import { Link } from '@tanstack/react-router';
import { useApi } from '../../api/index.ts';
import { Bones, Loaded, splitInWords, When } from '../../parts/index.ts';
import { byWhom, dayAndClock, lasted, storyInWords } from '../../words/index.ts';

const MOST = 500;

/** The deployments that gave it traffic, the newest first. */
export const VersionServed = ({ name, id }: { readonly name: string; readonly id: string }) => {
  const history = useApi('listDeploymentHistory', { params: { name }, query: { limit: MOST } });
  return (
    <section className="section">
      <h3 className="heading">When it served</h3>
      <Loaded from={history} bones={<Bones lines={[60, 60]} />} what="Its deployments did not load.">
        {({ result, resultInfo }) => {
          const its = result.filter(({ versions }) => versions.some((version) => version.version_id === id));
          const isCut = (resultInfo.total_count ?? 0) > result.length;
          if (its.length === 0)
            return <p className="second">{isCut ? `It is in none of the newest ${MOST} deployments.` : 'It was never deployed.'}</p>;
          return (
            <ul className="rows one-version-served">
              {its.map((deployment) => (
                <li key={deployment.id}>
                  <Link to="/workers/$name/deployments/$id" params={{ name, id: deployment.id }} search={{}} className="link">
                    {storyInWords(deployment.story)}
                  </Link>
                  <span className="second num">{splitInWords(deployment.versions)}</span>
                  <span className="second">
                    <When at={deployment.at} as={dayAndClock} />
                    {deployment.until === null
                      ? ', and serves'
                      : `, for ${lasted(Date.parse(deployment.until) - Date.parse(deployment.at))}`}
                  </span>
                  <span className="third">{byWhom(deployment)}</span>
                </li>
              ))}
            </ul>
          );
        }}
      </Loaded>
    </section>
  );
};
