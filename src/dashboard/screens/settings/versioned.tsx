import { Link } from '@tanstack/react-router';
import { Banner, Bones, Button, Loaded, newerFirst, splitInWords } from '../../parts/index.ts';
import { useApi } from '../../api/index.ts';
import { useAddress } from '../../shell/index.ts';
import type { Worker } from '../worker/worker.ts';
import { Bindings } from './bindings.tsx';
import { changesInWords, countOf, type Settings } from './draft.ts';
import { DraftBar } from './draft-bar.tsx';
import { shownInWords, waitingOf } from './made-of.ts';
import { HowItRuns } from './running.tsx';
import { SaveDialog } from './save-dialog.tsx';
import type { useDraft } from './use-draft.ts';

interface VersionedProps {
  readonly worker: Worker;
  readonly draft: ReturnType<typeof useDraft>;
}

/** The settings that every version has its own of. */
export const Versioned = ({ worker, draft }: VersionedProps) => {
  const read = useApi('getSettings', { params: { script_name: worker.name } });
  return (
    <section className="settings-part" aria-labelledby="versioned">
      <h2 id="versioned">What makes a version</h2>
      <p className="settings-about">
        A version never changes. What you change here is kept until you save it: <strong className="strong">Save</strong> makes a version
        without traffic, <strong className="strong">Deploy</strong> puts it where it serves. Both ask first.
      </p>
      <p className="settings-about">
        {shownInWords(worker)} <DeployWaiting worker={worker} />
      </p>
      <Loaded from={read} bones={<Bones lines={[30, 90, 90, 90, 30, 90, 90]} />} what="Settings did not load.">
        {({ result }) => <Editor worker={worker} settings={result} draft={draft} />}
      </Loaded>
    </section>
  );
};

/** The way on from a version that was saved: it stays when the toast is gone. */
const DeployWaiting = ({ worker }: { readonly worker: Worker }) => {
  const waiting = waitingOf(worker);
  return waiting === null ? null : (
    <Link
      to="/workers/$name/settings"
      params={{ name: worker.name }}
      search={{ dialog: 'deploy', of: waiting.version_id }}
      className="link"
    >
      Deploy v{waiting.number}
    </Link>
  );
};

const STALE = 'First say what becomes of your changes, above.';

const Editor = ({ worker, settings, draft }: VersionedProps & { readonly settings: Settings }) => {
  const [{ dialog }, address] = useAddress();
  const asks = dialog === 'save-settings' || dialog === 'deploy-settings';
  const hasChanges = countOf(draft.draft) > 0;
  const close = (): void => address({ dialog: undefined }, false);
  const discard = (): void => {
    draft.clear();
    close();
  };
  const common = { worker: worker.name, settings, draft: draft.draft, onChange: draft.change };
  return (
    <>
      {draft.isStale && <Stale worker={worker} onFollow={draft.follow} onDiscard={draft.clear} />}
      <Bindings
        {...common}
        title="Variables and secrets"
        add="Add variable or secret"
        empty="There are none. The code reads them from env: settings that differ from place to place, and keys that nobody is to see."
        areValues
      />
      <Bindings
        {...common}
        title="Bindings"
        add="Add binding"
        empty="There are none. By a binding the code reaches what is outside of it: a KV namespace, a database, a bucket, a queue, another Worker."
        areValues={false}
      />
      <HowItRuns settings={settings} draft={draft.draft} onChange={draft.change} />
      {hasChanges && (
        <DraftBar
          changes={changesInWords(settings, draft.draft)}
          why={draft.isStale ? STALE : undefined}
          onDiscard={draft.clear}
          onSave={() => address({ dialog: 'save-settings' })}
          onDeploy={() => address({ dialog: 'deploy-settings' })}
        />
      )}
      {asks && hasChanges && (
        <SaveDialog
          worker={worker}
          settings={settings}
          draft={draft.draft}
          madeTo={draft.madeTo}
          stale={draft.isStale ? <Stale worker={worker} onFollow={draft.follow} onDiscard={discard} /> : undefined}
          isDeployed={dialog === 'deploy-settings'}
          onClose={close}
          onDone={discard}
        />
      )}
    </>
  );
};

interface StaleProps {
  readonly worker: Worker;
  readonly onFollow: () => void;
  readonly onDiscard: () => void;
}

/** Somebody changed what the changes were made to: nothing is overwritten before this is answered. */
const Stale = ({ worker, onFollow, onDiscard }: StaleProps) => {
  const newest = worker.newest_version;
  return (
    <Banner
      action={
        <span className="settings-buttons">
          <Button isSmall onClick={onDiscard}>
            Discard mine
          </Button>
          <Button isSmall onClick={onFollow}>
            Keep mine on top
          </Button>
        </span>
      }
    >
      <strong className="strong">{changedInWords(worker)}</strong> What you see is as it is now, with your changes on it. Nothing is saved
      over it until you say so.
      {newest !== null && (
        <>
          {' '}
          <Link
            to="/workers/$name/versions/$id"
            params={{ name: worker.name, id: newest.version_id }}
            search={{}}
            target="_blank"
            className="link"
          >
            See v{newest.number}
          </Link>
        </>
      )}
    </Banner>
  );
};

/** Settings go by the newest version and by what serves: who changed which last. */
const changedInWords = ({ newest_version: newest, deployment }: Worker): string => {
  if (newest === null) return 'The settings changed while you were here.';
  const isServed = deployment?.versions.some(({ version_id: id }) => id === newest.version_id);
  if (deployment !== null && !isServed && deployment.at > newest.at)
    return `${deployment.author} deployed ${splitInWords(newerFirst(deployment.versions))} while you were here.`;
  return `The settings changed while you were here: the newest version is v${newest.number}, by ${newest.author}.`;
};
