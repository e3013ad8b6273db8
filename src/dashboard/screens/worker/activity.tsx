import { Link } from '@tanstack/react-router';
import { useApi, type Result } from '../../api/index.ts';
import { Loaded, RowBones, useNow } from '../../parts/index.ts';
import {
  activityInWords,
  clockOf,
  dayAndClock,
  dayName,
  exactly,
  storyOfSomebody,
  toolName,
  type Activity as Entry,
} from '../../words/index.ts';

const SHOWN = 6;

type Told = Result<'listDeploymentHistory'>;

/** Who did what to the Worker last, deployments as what they did. */
export const Activity = ({ name }: { readonly name: string }) => {
  const log = useApi('listAudit', { query: { target: `worker/${name}`, per_page: SHOWN } });
  const history = useApi('listDeploymentHistory', { params: { name }, query: { limit: 50 } });
  return (
    <section>
      <div className="section-head">
        <h2 className="heading">Recent activity</h2>
        <Link to="/audit" search={{ worker: name }} className="link small second">
          Audit log
        </Link>
      </div>
      <Loaded from={log} bones={<RowBones rows={4} columns={2} />} what="The activity did not load.">
        {({ result }) => (
          <ul className="rows">
            {result.map((entry) => (
              <Row key={entry.id} name={name} entry={entry} told={history.data?.result ?? []} />
            ))}
          </ul>
        )}
      </Loaded>
    </section>
  );
};

const Row = ({ name, entry, told }: { readonly name: string; readonly entry: Entry; readonly told: Told }) => {
  const now = useNow();
  const at = new Date(entry.at);
  const isToday = dayName(at, now) === 'Today';
  const [, did = '', object = ''] = /^(.*?)((?:v\d+|secrets?) .*|v\d+)?$/.exec(didIn(entry, told, name)) ?? [];
  const { message, source } = entry.detail;
  const how = [
    toolName(source),
    isToday ? undefined : clockOf(at),
    typeof message === 'string' && message !== '' ? `“${message}”` : undefined,
  ];
  return (
    <li className="activity">
      <time dateTime={entry.at} title={exactly(at)} className="small second num">
        {isToday ? clockOf(at) : dayAndClock(at, now).replace(/ \d\d:\d\d$/, '')}
      </time>
      <p>
        <span className="activity-name">{entry.actor.email}</span> {did}
        <span className="activity-name">{object}</span>
        <span className="small third activity-how clamp" title={typeof message === 'string' ? message : undefined}>
          {how.filter(Boolean).join(', ')}
        </span>
      </p>
    </li>
  );
};

/** `raised v42 to 10%`; of what was no deployment, or one that is no longer kept, what the log has. The Worker is named on top of the page. */
const didIn = (entry: Entry, told: Told, name: string): string => {
  const deployment = told.find(({ id }) => id === entry.detail['deployment']);
  if (deployment !== undefined && entry.action === 'deployment.create') return storyOfSomebody(deployment.story);
  const did = activityInWords(entry);
  return did.endsWith(` of ${name}`) ? did.slice(0, -` of ${name}`.length).replace(/,$/, '') : did;
};
