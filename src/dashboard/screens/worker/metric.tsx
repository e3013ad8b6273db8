import { ArrowDownRight, ArrowUpRight, Check, Equal, Hourglass, OctagonAlert, type LucideIcon } from 'lucide-react';
import { Chart, type ChartData } from '../../charts/index.ts';
import { Icon, VersionChip } from '../../parts/index.ts';
import type { Verdict } from '../../words/index.ts';
import { chartInWords, type Drawn } from './metrics.ts';

export interface Value {
  readonly version: Drawn;
  /** As it is said, without its unit. */
  readonly text: string;
}

interface MetricProps {
  readonly title: string;
  /** Of what, or in what: `a minute`. */
  readonly of: string;
  readonly unit?: string;
  readonly values: readonly Value[];
  readonly data: ChartData;
  readonly verdict: Verdict | undefined;
}

/** Two values, their chart, and what it means in a sentence. */
export const Metric = ({ title, of, unit, values, data, verdict }: MetricProps) => (
  <article className="metric">
    <h3>
      <span className="strong">{title}</span> <span className="third">{of}</span>
    </h3>
    <p className="metric-values">
      {values.map(({ version, text }) => (
        <span key={version.version_id} className="metric-value">
          <VersionChip {...version} /> <span className="value">{text}</span>
          {unit !== undefined && /\d/.test(text) && <span className="small third">{unit}</span>}
        </span>
      ))}
    </p>
    <Chart data={data} group="overview" sentence={chartInWords(`${title} ${of}`, data)} />
    {verdict && <VerdictLine verdict={verdict} />}
  </article>
);

const SIGNS: Readonly<Record<Verdict['sign'], LucideIcon>> = {
  follows: Check,
  same: Equal,
  up: ArrowUpRight,
  down: ArrowDownRight,
  failing: OctagonAlert,
  early: Hourglass,
};

const VerdictLine = ({ verdict: { sign, strong, more } }: { readonly verdict: Verdict }) => (
  <p className={`metric-verdict small${sign === 'failing' ? ' is-failing' : ''}`}>
    <Icon of={SIGNS[sign]} />
    <span>
      {strong !== '' && <strong className="strong">{strong}</strong>} {more}
    </span>
  </p>
);
