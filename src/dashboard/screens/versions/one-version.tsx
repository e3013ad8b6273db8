import { Link, useParams } from '@tanstack/react-router';
import { ApiFailure, useApi, type Result } from '../../api/index.ts';
import { Bones, LOOK_NAMES, Loaded, VersionChip } from '../../parts/index.ts';
import { VersionActions } from './version-actions.tsx';
import { VersionBindings } from './version-bindings.tsx';
import { VersionFacts } from './version-facts.tsx';
import { VersionModules } from './version-modules.tsx';
import { Traffic } from './version-row.tsx';
import { VersionServed } from './version-served.tsx';
import type { ListedVersion } from './versions.tsx';
import './one-version.css';

export type Version = Result<'getVersion'>;

/** All that is known of one version: it never changes. */
export const OneVersion = () => {
  const { name, id } = useParams({ from: '/inside/workers/$name/versions/$id' });
  const version = useApi('getVersion', { params: { script_name: name, version_id: id } });
  const isMissing = version.error instanceof ApiFailure && version.error.status === 404;
  return (
    <section className="section one-version">
      <p className="crumbs">
        <Link to="/workers/$name/versions" params={{ name }} search={{}}>
          Versions
        </Link>
      </p>
      {isMissing ? (
        <Missing name={name} id={id} />
      ) : (
        <Loaded from={version} bones={<Bones lines={[20, 50, 100, 80, 80]} />} what="The version did not load.">
          {({ result }) => <Told name={name} version={result} />}
        </Loaded>
      )}
    </section>
  );
};

const Missing = ({ name, id }: { readonly name: string; readonly id: string }) => (
  <>
    <h2 className="verdict">There is no such version</h2>
    <p className="second">
      {name} has none with the id <span className="mono">{id}</span>. It may have been deleted, which the{' '}
      <Link to="/audit" search={{ worker: name }} className="link">
        audit log
      </Link>{' '}
      tells.
    </p>
  </>
);

/** What the list of versions says of it: when it served, how large it is, where it opens. */
const useListed = (name: string, id: string): ListedVersion | undefined => {
  const listed = useApi('listVersionHistory', { params: { name }, query: { search: id } });
  return listed.data?.result.find(({ version_id: versionId }) => versionId === id);
};

const Told = ({ name, version }: { readonly name: string; readonly version: Version }) => {
  const listed = useListed(name, version.id);
  const message = version.annotations['workers/message'];
  return (
    <>
      <div className="one-version-head">
        <div>
          <h2 className="verdict">
            <VersionChip number={version.number} look={listed?.look ?? 'past'} />{' '}
            {version.annotations['workers/tag'] !== undefined && <span className="tag">{version.annotations['workers/tag']}</span>}
          </h2>
          <p>{message ?? <span className="third">No message</span>}</p>
          {listed !== undefined && (
            <p className="small second">
              {capital(LOOK_NAMES[listed.look])}. <Traffic of={listed} />
            </p>
          )}
        </div>
        <VersionActions name={name} version={version} listed={listed} />
      </div>
      <VersionFacts name={name} version={version} listed={listed} />
      <VersionBindings bindings={version.resources.bindings} />
      <VersionModules name={name} id={version.id} />
      <VersionServed name={name} id={version.id} />
    </>
  );
};

const capital = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);
