import { Columns2, Undo2 } from 'lucide-react';
import { Link, useParams } from '@tanstack/react-router';
import { Bones, Button, Loaded, newerFirst, SplitBar, VersionChip, versionName } from '../../parts/index.ts';
import { useAddress, useGo } from '../../shell/index.ts';
import { percentage, storyInWords } from '../../words/index.ts';
import { DeploymentFacts } from './deployment-facts.tsx';
import { ServingNow } from './deployment-row.tsx';
import { DeploymentVersions } from './deployment-versions.tsx';
import { mainOf } from './history.ts';
import { storyInASentence } from './sentence.ts';
import { useDeployment, type Found } from './use-deployment.ts';
import './one-deployment.css';

/** What one deployment did, with all that is known of it. */
export const OneDeployment = () => {
  const { name, id } = useParams({ from: '/inside/workers/$name/deployments/$id' });
  const found = useDeployment(name, id);
  return (
    <section className="section one-deployment">
      <p className="crumbs">
        <Link to="/workers/$name/deployments" params={{ name }} search={{}}>
          Deployments
        </Link>
      </p>
      <Loaded from={found} bones={<Bones lines={[30, 50, 100, 80, 80]} />} what="The deployment did not load.">
        {(value) => (value === null ? <NotKept name={name} id={id} /> : <Told name={name} found={value} />)}
      </Loaded>
    </section>
  );
};

const NotKept = ({ name, id }: { readonly name: string; readonly id: string }) => (
  <>
    <h2 className="verdict">This deployment is not in the history</h2>
    <p className="second">
      {name} has none with the id <span className="mono">{id}</span>. Somebody may have taken it out, which the{' '}
      <Link to="/audit" search={{ worker: name }} className="link">
        audit log
      </Link>{' '}
      tells.
    </p>
  </>
);

const Told = ({ name, found: { deployment, before, after } }: { readonly name: string; readonly found: Found }) => {
  const [newer, older] = newerFirst(deployment.versions);
  return (
    <>
      <div className="one-deployment-head">
        <div>
          <h2 className="verdict">
            {storyInWords(deployment.story)} {deployment.until === null && <ServingNow versions={deployment.versions} />}
          </h2>
          <p className="second">{storyInASentence(deployment.story)}</p>
        </div>
        <Actions name={name} deployment={deployment} />
      </div>
      <div className="one-deployment-split">
        <SplitBar versions={deployment.versions} />
        <p className="split-row" aria-hidden>
          {[newer, older].map(
            (version) =>
              version && (
                <span key={version.version_id}>
                  <VersionChip {...version} /> <span className="num">{percentage(version.percentage)}</span>
                </span>
              ),
          )}
        </p>
      </div>
      <DeploymentVersions name={name} deployment={deployment} />
      <DeploymentFacts name={name} deployment={deployment} />
      <nav className="one-deployment-beside" aria-label="Deployments beside it">
        <Beside name={name} what="Before it" of={before} none="It was the first that is kept." />
        <Beside name={name} what="After it" of={after} none="It serves now." />
      </nav>
    </>
  );
};

const Actions = ({ name, deployment }: { readonly name: string; readonly deployment: Found['deployment'] }) => {
  const [, change] = useAddress();
  const goTo = useGo();
  const { story, until, versions } = deployment;
  const target = mainOf(deployment);
  const isServingAlone = until === null && versions.filter((version) => version.percentage > 0).length === 1;
  return (
    <div className="one-deployment-actions">
      {story.other !== null && (
        <Button
          icon={Columns2}
          onClick={() => goTo(`/workers/${name}/compare`, { version: story.version_id, baseline: story.other?.version_id })}
        >
          Compare {versionName(story.number)} with {versionName(story.other.number)}
        </Button>
      )}
      {target !== undefined && target.number !== null && !isServingAlone && (
        <Button icon={Undo2} onClick={() => change({ dialog: 'rollback', of: target.version_id })}>
          Rollback to {versionName(target.number)}
        </Button>
      )}
    </div>
  );
};

interface BesideProps {
  readonly name: string;
  readonly what: string;
  readonly of: Found['before'];
  readonly none: string;
}

const Beside = ({ name, what, of, none }: BesideProps) => (
  <p>
    <span className="caption third">{what}</span>
    <br />
    {of === undefined ? (
      <span className="second">{none}</span>
    ) : (
      <Link to="/workers/$name/deployments/$id" params={{ name, id: of.id }} search={{}} className="link">
        {storyInWords(of.story)}
      </Link>
    )}
  </p>
);
