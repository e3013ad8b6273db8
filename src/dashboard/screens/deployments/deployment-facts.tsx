import { Link } from '@tanstack/react-router';
import { useApi, type Result } from '../../api/index.ts';
import { CopyButton, useNow } from '../../parts/index.ts';
import { exactly, lasted, toolName, triggerInWords } from '../../words/index.ts';
import type { Deployment } from './history.ts';

const BESIDE_MS = 5_000;

/** Of the row of the log that tells of it: by which token, from where. */
const useDeed = (name: string, { id, at }: Deployment): Result<'listAudit'>[number] | undefined => {
  const time = Date.parse(at);
  const [since, until] = [time - BESIDE_MS, time + BESIDE_MS].map((ms) => new Date(ms).toISOString());
  const audit = useApi('listAudit', { query: { target: `worker/${name}`, since, until } });
  return audit.data?.result.find(({ detail }) => detail['deployment'] === id);
};

export const DeploymentFacts = ({ name, deployment }: { readonly name: string; readonly deployment: Deployment }) => {
  const { id, number, at, until, author, source, message, triggered_by: trigger, rollback_from: rollbackFrom } = deployment;
  const now = useNow();
  const deed = useDeed(name, deployment);
  const held = lasted((until === null ? now.getTime() : Date.parse(until)) - Date.parse(at));
  const [local, utc] = exactly(new Date(at)).split('\n');
  return (
    <section className="section">
      <h3 className="heading one-deployment-heading">What is known of it</h3>
      <dl className="facts">
        <dt>When</dt>
        <dd>
          <time dateTime={at}>{local}</time>
          <span className="third">
            , <span className="together">{utc}</span>
          </span>
        </dd>
        <dt>Held</dt>
        <dd>
          {held}
          {until === null ? ', and holds' : <span className="third">, until {exactly(new Date(until)).split('\n')[0]}</span>}
        </dd>
        <dt>Who</dt>
        <dd>{author}</dd>
        <dt>With</dt>
        <dd>
          {toolName(source)}
          {deed?.actor.ip !== undefined && <span className="third">, from {deed.actor.ip}</span>}
        </dd>
        {deed !== undefined && (
          <>
            <dt>Token</dt>
            <dd className="mono">{deed.actor.id}</dd>
          </>
        )}
        <dt>Made by</dt>
        <dd>{triggerInWords(trigger)}</dd>
        <dt>Message</dt>
        <dd>{message ?? <span className="third">None</span>}</dd>
        {rollbackFrom !== null && (
          <>
            <dt>Went back to</dt>
            <dd>
              <Link to="/workers/$name/deployments/$id" params={{ name, id: rollbackFrom }} search={{}} className="link mono">
                {rollbackFrom}
              </Link>
            </dd>
          </>
        )}
        <dt>Number</dt>
        <dd className="num">{number}</dd>
        <dt>Id</dt>
        <dd className="one-deployment-id">
          <span className="mono">{id}</span> <CopyButton text={id} name="Copy the deployment's id" />
        </dd>
      </dl>
    </section>
  );
};
