import { ChevronRight } from 'lucide-react';
import { memo } from 'react';
import { Icon, VersionChip } from '../../parts/index.ts';
import { duration, exactly } from '../../words/index.ts';
import type { Line } from './line.ts';
import type { NamedVersion } from './version-names.ts';

const withSeconds = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });

const first = ({ exceptions, logs }: Line): string | undefined =>
  exceptions[0] === undefined ? logs[0]?.text : `${exceptions[0].name}: ${exceptions[0].message}`;

interface LineRowProps {
  readonly line: Line;
  readonly version: NamedVersion | undefined;
  readonly isOpenAtFirst?: boolean;
}

/** One invocation: in a line what it was and how it ended, opened all that it said. */
export const LineRow = memo(({ line, version, isOpenAtFirst = false }: LineRowProps) => (
  <li data-row>
    <details className="logs-line" open={isOpenAtFirst}>
      <summary>
        <Icon of={ChevronRight} />
        <span className="num third">
          <time dateTime={line.at} title={exactly(new Date(line.at))}>
            {withSeconds.format(new Date(line.at))}
          </time>
        </span>
        <VersionChip number={version?.number ?? null} look={version?.look ?? 'past'} title={line.versionId} />
        <span className={line.hasFailed ? 'num stop-text' : 'num'}>{line.status ?? '–'}</span>
        <span className="logs-what">
          <span className="mono">{line.what}</span>
          {first(line) !== undefined && <span className={`mono third logs-first${line.hasFailed ? ' stop-text' : ''}`}>{first(line)}</span>}
        </span>
        <span className="r second">{duration(line.wallMs)}</span>
      </summary>
      <Said line={line} />
    </details>
  </li>
));

/** As a console prints it: what it is, then where it came from, which some stacks have without its name. */
const stackOf = ({ name, message, stack = '' }: Line['exceptions'][number]): string => {
  const heading = `${name}: ${message}`;
  return stack.trimStart().startsWith('at ') || stack === '' ? `${heading}\n${stack}`.trimEnd() : stack;
};

const Said = ({ line }: { readonly line: Line }) => (
  <div className="logs-said">
    {line.exceptions.map((exception, index) => (
      <pre key={`${index} ${exception.message}`} className="stop-text">
        {stackOf(exception)}
      </pre>
    ))}
    {line.logs.length > 0 && (
      <ul className="logs-console" aria-label="Console">
        {line.logs.map(({ level, text }, index) => (
          <li key={`${index} ${text}`}>
            <span className="third">{level}</span>
            <pre className={level === 'error' ? 'stop-text' : undefined}>{text}</pre>
          </li>
        ))}
      </ul>
    )}
    {line.isTruncated && <p className="small third">It said more than 16,384 characters; the rest is cut.</p>}
    <dl className="facts small">
      <dt>Outcome</dt>
      <dd>{line.outcome}</dd>
      {line.facts.map(([name, value]) => (
        <div key={name} className="key-row">
          <dt>{name}</dt>
          <dd className="mono">{value}</dd>
        </div>
      ))}
    </dl>
  </div>
);
