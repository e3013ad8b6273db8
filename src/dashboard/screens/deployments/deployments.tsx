import { useParams } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import type { Answer } from '../../api/index.ts';
import { Bones, Button, Empty, Find, Loaded, RowBones, Segments, useNow } from '../../parts/index.ts';
import { useAddress } from '../../shell/index.ts';
import { count, dayName } from '../../words/index.ts';
import { DeploymentRow } from './deployment-row.tsx';
import { isFound } from './find.ts';
import { A_PAGE, grouped, MOST, useHistory, type Deployment } from './history.ts';
import { everyOtherPast, SPANS, usualSpan, windowOf, type Span } from './timeline.ts';
import { Timeline } from './timeline.tsx';
import './deployments.css';

/** What served when, as a picture and as a list. */
export const Deployments = () => {
  const { name } = useParams({ from: '/inside/workers/$name/deployments' });
  const [{ rows }] = useAddress();
  const history = useHistory(name, limitIn(rows));
  const bones = (
    <>
      <section className="section deployments-when">
        <h2 className="heading">What served when</h2>
        <div className="deployments-bones" aria-hidden />
      </section>
      <section className="section">
        <h2 className="heading">Deployments</h2>
        <Bones lines={[8]} />
        <RowBones />
      </section>
    </>
  );
  return (
    <Loaded from={history} bones={bones} what="Deployments did not load.">
      {(answer) => <History name={name} answer={answer} />}
    </Loaded>
  );
};

const limitIn = (rows: string | undefined): number => (/^\d+$/.test(rows ?? '') ? Math.min(Math.max(Number(rows), A_PAGE), MOST) : A_PAGE);

const SPAN_WORDS: Readonly<Record<Span, string>> = { '24h': '24 h', '5d': '5 days', '30d': '30 days', all: 'All' };

const History = ({ name, answer }: { readonly name: string; readonly answer: Answer<readonly Deployment[]> }) => {
  const [{ span, by, find = '' }, change] = useAddress();
  const [lit, setLit] = useState<string>();
  const now = useNow();
  const { result: deployments } = answer;
  // The same for as long as the list is: rows are drawn anew only where theirs changed.
  const lighter = useMemo(() => everyOtherPast(deployments), [deployments]);
  if (deployments.length === 0)
    return (
      <section className="section">
        <h2 className="heading">Deployments</h2>
        <Empty title="Nothing has been deployed" command="switchback wrangler versions deploy">
          Its versions get no traffic until one of them is deployed.
        </Empty>
      </section>
    );
  const first = Date.parse(deployments.at(-1)?.at ?? '');
  const isWhole = (answer.resultInfo.total_count ?? deployments.length) <= deployments.length;
  const usual = isWhole ? usualSpan(first, now) : '5d';
  const spans = SPANS.filter((each) => isWhole || each !== 'all');
  const chosen = spans.find((each) => each === span) ?? usual;
  const found = deployments.filter((deployment) => isFound(deployment, find));
  return (
    <>
      <section className="section deployments-when">
        <div className="section-head">
          <h2 className="heading">What served when</h2>
          <div className="deployments-choices">
            <Segments
              name="Width"
              of={[
                { value: 'time', text: 'By time' },
                { value: 'change', text: 'By change' },
              ]}
              value={by === 'change' ? 'change' : 'time'}
              onChange={(value) => change({ by: value === 'time' ? undefined : value }, false)}
            />
            <Segments
              name="How far back"
              of={spans.map((value) => ({ value, text: SPAN_WORDS[value] }))}
              value={chosen}
              onChange={(value) => change({ span: value === usual ? undefined : value }, false)}
            />
          </div>
        </div>
        <Timeline
          key={`${span} ${by}`}
          deployments={deployments}
          window={windowOf(chosen, now, first)}
          scale={by === 'change' ? 'change' : 'time'}
          lit={lit}
          onLight={setLit}
          onOpen={goToRow}
        />
      </section>
      <section className="section deployments-list">
        <div className="section-head">
          <h2 className="heading">
            Deployments <span className="count">{count(answer.resultInfo.total_count ?? deployments.length)} kept</span>
          </h2>
          <Find label="Find by person, message or version" value={find} onChange={(value) => change({ find: value || undefined }, false)} />
        </div>
        {grouped(found, ({ at }) => dayName(new Date(at), now)).map(([day, ofDay]) => (
          <section key={day} className="deployments-day">
            <h3 className="strong">{day}</h3>
            <ul className="rows">
              {ofDay.map((deployment) => (
                <DeploymentRow
                  key={deployment.id}
                  name={name}
                  deployment={deployment}
                  lighter={lighter}
                  isLit={deployment.id === lit}
                  onLight={setLit}
                />
              ))}
            </ul>
          </section>
        ))}
        {found.length === 0 && <NoneFound find={find} onClear={() => change({ find: undefined }, false)} />}
        <More answer={answer} />
      </section>
    </>
  );
};

const NoneFound = ({ find, onClear }: { readonly find: string; readonly onClear: () => void }) => (
  <div className="deployments-none">
    <p className="second">No deployment has “{find}” in it, in who made it, its message or its versions.</p>
    <Button onClick={onClear}>Show all</Button>
  </div>
);

const More = ({ answer: { result, resultInfo } }: { readonly answer: Answer<readonly Deployment[]> }) => {
  const [, change] = useAddress();
  const total = resultInfo.total_count ?? result.length;
  if (total <= result.length) return null;
  return (
    <p className="deployments-more second small">
      The newest {count(result.length)} of {count(total)}.{' '}
      {result.length < MOST && (
        <Button isSmall onClick={() => change({ rows: String(result.length + A_PAGE) }, false)}>
          Show {count(Math.min(A_PAGE, total - result.length))} more
        </Button>
      )}
    </p>
  );
};

const goToRow = (id: string): void => {
  const row = document.getElementById(`deployment-${id}`);
  row?.scrollIntoView({ block: 'center' });
  row?.querySelector('a')?.focus({ preventScroll: true });
};
