import { Link } from '@tanstack/react-router';
import { Check, OctagonAlert, TriangleAlert } from 'lucide-react';
import type { Result } from '../../api/index.ts';
import { CheckLine, versionName } from '../../parts/index.ts';
import { useWorker } from '../worker/worker.ts';
import { counted, readable, reasonOf } from '../../words/index.ts';

export type Preflight = Result<'preflightDeployment'>;

/** What speaks against it first, then what to know, then what is well, in a line. */
export const Checks = ({ name, report }: { readonly name: string; readonly report: Preflight }) => {
  const serving = report.versions.filter(({ percentage }) => percentage > 0);
  const warnings = report.warnings.filter(({ needs_force: isAsked }) => !isAsked);
  return (
    <ul className="deploy-checks checks rows" aria-label="Checks">
      {report.blockers.map((blocker) => (
        <CheckLine
          key={`${blocker.code} ${blocker.message}`}
          icon={OctagonAlert}
          kind="stop"
          way={<Way name={name} report={report} id={blocker.version_id} bindings={blocker.bindings} />}
        >
          <strong className="strong stop-text">Blocked.</strong> {reasonOf(blocker.message, report.versions)}{' '}
          <span className="third small">Code {blocker.code}.</span>
        </CheckLine>
      ))}
      {warnings.map((warning) => (
        <CheckLine
          key={`${warning.code} ${warning.message}`}
          icon={TriangleAlert}
          way={<Way name={name} report={report} id={warning.version_id} />}
        >
          {readable(warning.message, report.versions)} <span className="third small">Code {warning.code}.</span>
        </CheckLine>
      ))}
      {serving.length > 1 && (
        <CheckLine icon={TriangleAlert}>
          <strong className="strong">A visitor can see both versions.</strong> Each request is drawn on its own, unless it has a{' '}
          <code>Cloudflare-Workers-Version-Key</code>.
        </CheckLine>
      )}
      {serving.length > 1 && <Assets name={name} report={report} />}
      {report.blockers.length === 0 && (
        <CheckLine icon={Check} kind="passed">
          Nothing blocks this. Everything that{' '}
          {serving.length > 1 ? 'both versions bind' : `${nameIn(report, serving[0]?.version_id)} binds`} exists.
        </CheckLine>
      )}
    </ul>
  );
};

const nameIn = ({ versions }: Preflight, id: string | undefined): string =>
  versionName(versions.find(({ version_id: each }) => each === id)?.number ?? null);

interface WayProps {
  readonly name: string;
  readonly report: Preflight;
  readonly id: string | null;
  readonly bindings?: readonly string[];
}

/**
 * What is about one version is looked at there; what is about two, beside each other. Settings go by the newest version: what that binds
 * and is gone can be given something else there.
 */
const Way = ({ name, report, id, bindings: [binding] = [] }: WayProps) => {
  const { worker } = useWorker(name);
  if (id === null)
    return (
      <Link to="/workers/$name/compare" params={{ name }} search={pairIn(report)} className="link small">
        Compare
      </Link>
    );
  if (binding !== undefined && id === worker?.newest_version?.version_id)
    return (
      <Link to="/workers/$name/settings" params={{ name }} search={{ binding }} className="link small">
        Change {binding}
      </Link>
    );
  return (
    <Link to="/workers/$name/versions/$id" params={{ name, id }} search={{}} className="link small">
      See {nameIn(report, id)}
    </Link>
  );
};

/** The versions of a split, as the page that compares them has them in its address. */
const pairIn = ({ versions }: Preflight): { readonly version?: string; readonly baseline?: string } => {
  const [newer, older] = versions.toSorted((a, b) => (b.number ?? 0) - (a.number ?? 0));
  return newer === undefined || older === undefined ? {} : { version: newer.version_id, baseline: older.version_id };
};

/** Files that only one of two versions has. */
const Assets = ({ name, report }: { readonly name: string; readonly report: Preflight }) => {
  const apart = report.differences.find(({ version_id: id, compared_to: other }) => id !== other);
  if (apart === undefined) return null;
  const { added, removed, changed, differing } = apart.assets;
  // Of long lists the API tells the first paths only.
  const isCut = added.length + removed.length + changed.length < differing;
  const [own, others] = [nameIn(report, apart.version_id), nameIn(report, apart.compared_to)];
  const say = (files: readonly string[], where: string): string =>
    files.length === 0
      ? ''
      : `${isCut ? 'At least ' : ''}${counted(files.length, 'asset file exists', 'asset files exist')} only in ${where}. `;
  const text = `${say(added, own)}${say(removed, others)}`;
  if (text === '') return null;
  return (
    <CheckLine
      icon={TriangleAlert}
      way={
        <Link
          to="/workers/$name/compare"
          params={{ name }}
          search={{ version: apart.version_id, baseline: apart.compared_to }}
          hash="assets"
          className="link small"
        >
          Show files
        </Link>
      }
    >
      <strong className="strong">{text}</strong> A page of one version may ask the other for them: a file with a hash in its name is
      answered by either.
    </CheckLine>
  );
};
