import { Banner, Bones, Button, Loaded } from '../../parts/index.ts';
import { useApi } from '../../api/index.ts';
import { useAddress } from '../../shell/index.ts';
import type { Worker } from '../worker/worker.ts';
import { Bindings } from './bindings.tsx';
import { changesInWords, countOf, type Settings } from './draft.ts';
import { DraftBar } from './draft-bar.tsx';
import { shownInWords } from './made-of.ts';
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
      <p className="settings-about">{shownInWords(worker)}</p>
      <Loaded from={read} bones={<Bones lines={[30, 90, 90, 90, 30, 90, 90]} />} what="Settings did not load.">
        {({ result }) => <Editor worker={worker} settings={result} draft={draft} />}
      </Loaded>
    </section>
  );
};

const STALE = 'First say what becomes of your changes, above.';

const Editor = ({ worker, settings, draft }: VersionedProps & { readonly settings: Settings }) => {
  const [{ dialog }, address] = useAddress();
  const asks = dialog === 'save-settings' || dialog === 'deploy-settings';
  const hasChanges = countOf(draft.draft) > 0;
  const close = (): void => address({ dialog: undefined }, false);
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
          isDeployed={dialog === 'deploy-settings'}
          onClose={close}
          onDone={() => {
            draft.clear();
            close();
          }}
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
      <strong className="strong">
        {newest === null
          ? 'The settings changed'
          : `The settings changed while you were here: the newest version is v${newest.number}, by ${newest.author}.`}
      </strong>{' '}
      What you see is as it is now, with your changes on it. Nothing is saved over it until you say so.
    </Banner>
  );
};
