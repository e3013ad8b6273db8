import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { VersionChip, versionName } from '../../parts/index.ts';
import { count, dayAndClock } from '../../words/index.ts';
import type { Compared } from '../../words/verdicts.ts';
import type { Comparison, Differences, Side } from './compare.tsx';
import { basis, exceptionName, exceptionRates, headline, newExceptions } from './headline.ts';
import { measuresOf, type Measure } from './measures.ts';
import { NarrowChip } from './narrow-chip.tsx';
import type { Whisker } from './whisker.ts';

interface BehaviourProps {
  readonly comparison: Comparison;
  readonly differences: Differences;
  readonly tabs: ReactNode;
}

/** What the two do, first in a sentence, then measure by measure. */
export const Behaviour = ({ comparison, differences: { version, baseline, worker }, tabs }: BehaviourProps) => {
  const compared: Compared = {
    version: { name: versionName(version.number), requests: comparison.version.requests },
    baseline: { name: versionName(baseline.number), requests: comparison.baseline.requests },
  };
  const exceptions = newExceptions(comparison);
  return (
    <>
      <p className="verdict compare-verdict">{headline(comparison, compared)}</p>
      <p className="second">
        {basis(compared, whenOf(comparison))}
        {exceptions[0] !== undefined && (
          <>
            {' '}
            {exceptions.length === 1 ? 'One exception is' : `${count(exceptions.length)} exceptions are`} new in {compared.version.name}:{' '}
            <Link
              to="/workers/$name/logs"
              params={{ name: worker }}
              search={{ mode: 'history', version: version.version_id, show: 'errors', q: exceptions[0].message }}
              className="link mono"
            >
              {exceptionName(exceptions[0])}
            </Link>
            {', seen '}
            {count(exceptions[0].hits.version)} {exceptions[0].hits.version === 1 ? 'time' : 'times'}.
          </>
        )}
      </p>
      {tabs}
      <section id="behaviour" aria-label="Behaviour">
        <Measures measures={measuresOf(comparison, compared)} version={version} baseline={baseline} />
        <Exceptions comparison={comparison} compared={compared} version={version} worker={worker} />
      </section>
    </>
  );
};

const whenOf = ({ since, until }: Comparison): string => {
  const now = new Date();
  const isOpen = now.getTime() - Date.parse(until) < 2 * 60_000;
  const from = `since ${dayAndClock(new Date(since), now)}`;
  return isOpen ? from : `${from}, until ${dayAndClock(new Date(until), now)}`;
};

interface MeasuresProps {
  readonly measures: readonly Measure[];
  readonly version: Side;
  readonly baseline: Side;
}

const Measures = ({ measures, version, baseline }: MeasuresProps) => (
  <table className="table compare-measures">
    <thead>
      <tr>
        <th scope="col">Measure</th>
        <th scope="col" className="r">
          <VersionChip {...baseline} />
        </th>
        <th scope="col" className="r">
          <VersionChip {...version} />
        </th>
        <th scope="col" className="compare-scale">
          <span aria-hidden>
            <span>{versionName(version.number)} lower</span>
            <span>same</span>
            <span>{versionName(version.number)} higher</span>
          </span>
          <span className="visually-hidden">Picture</span>
        </th>
        <th scope="col" className="r">
          Difference
        </th>
        <th scope="col">In words</th>
      </tr>
    </thead>
    <tbody>
      {measures.map((measure) => (
        <tr key={measure.name}>
          <th scope="row">
            {measure.name} <span className="small third">{measure.what}</span>
          </th>
          <td className="r">
            <NarrowChip side={baseline} />
            {measure.baseline}
          </td>
          <td className="r">
            <NarrowChip side={version} />
            {measure.version}
          </td>
          <td className="compare-line">{measure.whisker && <Line whisker={measure.whisker} />}</td>
          <td className={measure.whisker?.isClear === true ? 'r strong' : 'r second'}>{measure.difference}</td>
          <td className="compare-words">
            <span className={measure.whisker?.isClear === true ? 'strong' : undefined}>{measure.verdict.strong}</span>{' '}
            <span className="small third">{measure.verdict.more}</span>
          </td>
        </tr>
      ))}
    </tbody>
  </table>
);

const WIDTH = 300;
const MIDDLE = 12;
const CAP = 4;

/** A dot for the difference, a whisker for what it may be. The sentence beside it says the same. */
const Line = ({ whisker: { dot, from, to, isClear } }: { readonly whisker: Whisker }) => {
  const [x, left, right] = [dot, from, to].map((place) => place * WIDTH);
  return (
    <svg viewBox={`0 0 ${WIDTH} 24`} className={isClear ? 'is-clear' : undefined} aria-hidden>
      <path d={`M${left} ${MIDDLE}H${right}M${left} ${MIDDLE - CAP}v${2 * CAP}M${right} ${MIDDLE - CAP}v${2 * CAP}`} />
      <circle cx={x} cy={MIDDLE} r="4" />
    </svg>
  );
};

interface ExceptionsProps {
  readonly comparison: Comparison;
  readonly compared: Compared;
  readonly version: Side;
  readonly worker: string;
}

/** What it means for who has it: a tag where only one has. */
const Sign = ({
  exception: { verdict, hits },
  compared,
}: {
  readonly exception: Comparison['exceptions'][number];
  readonly compared: Compared;
}) => {
  if (hits.baseline === 0) return <span className="tag is-new compare-only">Only in {compared.version.name}</span>;
  if (hits.version === 0) return <span className="tag compare-only">Only in {compared.baseline.name}</span>;
  return <strong className="strong">{verdict === 'worse' ? 'More often. ' : 'Less often. '}</strong>;
};

/** Exceptions that one of them has clearly more often than the other. */
const Exceptions = ({ comparison, compared, version, worker }: ExceptionsProps) => {
  const clear = comparison.exceptions.filter(({ verdict }) => verdict === 'worse' || verdict === 'better');
  if (clear.length === 0) return null;
  return (
    <>
      <h2 className="heading compare-exceptions-heading">Exceptions that differ</h2>
      <ul className="rows compare-exceptions">
        {clear.map((exception) => (
          <li key={exception.id}>
            <span className="mono">{exceptionName(exception)}</span>
            <p className="small second">
              <Sign exception={exception} compared={compared} />
              {exceptionRates(exception, compared)}.{' '}
              <Link
                to="/workers/$name/logs"
                params={{ name: worker }}
                search={{
                  mode: 'history',
                  show: 'errors',
                  q: exception.message,
                  ...(exception.hits.version > 0 && { version: version.version_id }),
                }}
                className="link"
              >
                See them in the logs
              </Link>
            </p>
          </li>
        ))}
      </ul>
    </>
  );
};
