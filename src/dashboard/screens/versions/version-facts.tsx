import type { ReactNode } from 'react';
import { CopyButton } from '../../parts/index.ts';
import { bytes, counted, duration, exactly, toolName, triggerInWords } from '../../words/index.ts';
import type { Version } from './one-version.tsx';
import type { ListedVersion } from './versions.tsx';

interface VersionFactsProps {
  readonly name: string;
  readonly version: Version;
  readonly listed: ListedVersion | undefined;
}

type Fact = readonly [name: string, value: ReactNode];

/** Where nothing is to be said, nothing is. */
const known = (...facts: readonly (Fact | false | undefined)[]): readonly Fact[] =>
  facts.filter((fact) => fact !== undefined && fact !== false);

export const VersionFacts = ({ version, listed }: VersionFactsProps) => (
  <div className="one-version-facts">
    <Facts title="Where it comes from" facts={originOf(version)} />
    <Facts title="How it runs" facts={runtimeOf(version, listed)} />
  </div>
);

const Facts = ({ title, facts }: { readonly title: string; readonly facts: readonly Fact[] }) => (
  <section className="section">
    <h3 className="heading">{title}</h3>
    <dl className="facts">
      {facts.map(([fact, value]) => (
        <div key={fact} className="one-version-fact">
          <dt>{fact}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  </section>
);

const originOf = ({ id, number, metadata, annotations, resources }: Version): readonly Fact[] => {
  const [local, utc] = exactly(new Date(metadata.created_on)).split('\n');
  const trigger = annotations['workers/triggered_by'];
  return known(
    ['Number', <span className="num">{number}</span>],
    [
      'Id',
      <span className="one-version-id">
        <span className="mono">{id}</span> <CopyButton text={id} name="Copy the version's id" />
      </span>,
    ],
    ['Tag', annotations['workers/tag'] ?? <None />],
    ['Message', annotations['workers/message'] ?? <None />],
    annotations['workers/alias'] !== undefined && ['Alias', <span className="mono">{annotations['workers/alias']}</span>],
    [
      'Made',
      <>
        <time dateTime={metadata.created_on}>{local}</time>
        <span className="third">
          , <span className="together">{utc}</span>
        </span>
      </>,
    ],
    ['Author', metadata.author_email],
    ['With', toolName(metadata.source)],
    trigger !== undefined && ['By', triggerInWords(trigger)],
    ['ETag', <span className="mono one-version-id">{resources.script.etag}</span>],
  );
};

const runtimeOf = (
  { startup_time_ms: startup, resources: { script, script_runtime: runtime, bindings } }: Version,
  listed: ListedVersion | undefined,
) => {
  const { compatibility_date: date, compatibility_flags: flags = [], limits, usage_model: model } = runtime;
  const classes = classesIn(runtime.exports, bindings);
  return known(
    ['Compatibility date', date ?? <None />],
    ['Compatibility flags', flags.length === 0 ? <None /> : <Names of={flags} />],
    ['Handlers', script.handlers.length === 0 ? <None /> : <Names of={script.handlers} />],
    script.named_handlers !== undefined && ['Entrypoints', <Names of={script.named_handlers.map(({ name }) => name)} />],
    classes.length > 0 && ['Durable Object classes', <Names of={classes} />],
    ['Usage model', model],
    ['Limits', limitsInWords(limits) ?? <None />],
    script.placement !== undefined && ['Placement', <span className="mono">{JSON.stringify(script.placement)}</span>],
    ['Startup time', duration(startup)],
    listed && ['Code', `${counted(listed.modules.count, 'module')}, ${bytes(listed.modules.bytes)}`],
    listed && ['Assets', listed.assets === 0 ? <None /> : counted(listed.assets, 'file')],
    listed && [
      'Its own URL',
      listed.url === null ? (
        <span className="third">No address opens this version alone</span>
      ) : (
        <a href={listed.url} className="link one-version-id" target="_blank" rel="noreferrer">
          {listed.url}
        </a>
      ),
    ],
  );
};

const classesIn = (
  exports: Version['resources']['script_runtime']['exports'],
  bindings: Version['resources']['bindings'],
): readonly string[] => {
  const declared = Object.entries(exports ?? {}).flatMap(([name, { type }]) => (type === 'durable-object' ? [name] : []));
  const bound = bindings.flatMap((binding) =>
    binding.type === 'durable_object_namespace' && binding.script_name === undefined ? [binding.class_name] : [],
  );
  return [...new Set([...declared, ...bound])].toSorted();
};

const limitsInWords = (limits: Version['resources']['script_runtime']['limits']): string | undefined => {
  const { cpu_ms: cpu, subrequests } = limits ?? {};
  const words = [cpu !== undefined && `${duration(cpu)} of CPU time`, subrequests !== undefined && counted(subrequests, 'subrequest')];
  return words.filter(Boolean).join(', ') || undefined;
};

const None = () => <span className="third">None</span>;

const Names = ({ of }: { readonly of: readonly string[] }) => <span className="mono">{of.join(', ')}</span>;
