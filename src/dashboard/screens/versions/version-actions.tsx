import { Code, Columns2, ExternalLink, Undo2 } from 'lucide-react';
import { Button } from '../../parts/index.ts';
import { useAddress, useGo } from '../../shell/index.ts';
import { useCompareWithNow } from './compare-with-now.ts';
import type { Version } from './one-version.tsx';
import { TOO_OLD } from './version-row.tsx';
import type { ListedVersion } from './versions.tsx';

interface VersionActionsProps {
  readonly name: string;
  readonly version: Version;
  readonly listed: ListedVersion | undefined;
}

/** What can be done with a version; what cannot says why. */
export const VersionActions = ({ name, version: { id, number }, listed }: VersionActionsProps) => {
  const [, change] = useAddress();
  const goTo = useGo();
  const compare = useCompareWithNow(name, { version_id: id, number });
  const isWhole = listed?.percentage === 100;
  // The new one of a rollout is none to go back to.
  const isBehind = listed !== undefined && listed.served !== null && listed.look !== 'new' && !isWhole;
  const noDeploy = isWhole ? 'It has all traffic.' : listed?.is_deployable === false ? TOO_OLD : undefined;
  return (
    <div className="one-version-actions">
      <div>
        {listed?.url != null && (
          <a href={listed.url} className="button" target="_blank" rel="noreferrer">
            <ExternalLink className="icon" strokeWidth={1.75} aria-hidden />
            Open it
          </a>
        )}
        <Button icon={Columns2} why={compare.why} onClick={() => goTo(`/workers/${name}/compare`, compare.search)}>
          Compare
        </Button>
        <Button icon={Code} onClick={() => goTo(`/workers/${name}/edit`, { version: id })}>
          Edit from it
        </Button>
        {isBehind && (
          <Button icon={Undo2} onClick={() => change({ dialog: 'rollback', of: id })}>
            Roll back to it
          </Button>
        )}
        <Button why={noDeploy} onClick={() => change({ dialog: 'deploy', of: id })}>
          Deploy v{number}
        </Button>
      </div>
      {[noDeploy, compare.why].filter((why) => why !== undefined).length > 0 && (
        <p className="small third" aria-hidden>
          {[...new Set([noDeploy, compare.why])].filter(Boolean).join(' ')}
        </p>
      )}
    </div>
  );
};
