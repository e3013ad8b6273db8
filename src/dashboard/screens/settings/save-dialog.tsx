import { useState, type ReactNode } from 'react';
import { ApiFailure, call, refresh, useAct, type Result } from '../../api/index.ts';
import {
  Button,
  Cancel,
  Consequence,
  Dialog,
  newerFirst,
  Refusal,
  SplitBar,
  splitInWords,
  TextField,
  toast,
  versionName,
} from '../../parts/index.ts';
import { useAddress } from '../../shell/index.ts';
import type { Worker } from '../worker/worker.ts';
import { servingOf } from '../worker/worker.ts';
import { changesInWords, messageFor, secretsIn, type Draft, type Settings } from './draft.ts';
import { deployedInWords, savedInWords, waitingInWords } from './made-of.ts';

interface SaveDialogProps {
  readonly worker: Worker;
  readonly settings: Settings;
  readonly draft: Draft;
  /** The settings that the changes were made to. */
  readonly madeTo: string | undefined;
  /** Where they are others by now: who changed them, and what may become of the draft. */
  readonly stale: ReactNode;
  readonly isDeployed: boolean;
  readonly onDone: () => void;
  readonly onClose: () => void;
}

const STALE = 'The settings have changed: say first what becomes of your changes.';

/** Asks once more, says what will happen, and makes the version. */
export const SaveDialog = ({ worker, settings, draft, madeTo, stale, isDeployed, onDone, onClose }: SaveDialogProps) => {
  const [proposed] = useState(() => messageFor(settings, draft));
  const [message, setMessage] = useState(proposed);
  const [tag, setTag] = useState('');
  const [, go] = useAddress();
  const made = useAct({
    mutationFn: () =>
      call('createRevision', {
        params: { name: worker.name },
        body: { ...bodyOf(draft), ...annotated(message, tag), deploy: isDeployed },
        ifMatch: madeTo,
      }),
    onSuccess: async ({ result }) => {
      onDone();
      toast(isDeployed ? deployedToast(result, go) : savedToast(result, go));
      await refresh(worker.name);
    },
  });
  const secrets = secretsIn(settings, draft);
  // What it makes itself changes them too.
  const isStale = stale !== undefined && !made.isPending && !made.isSuccess;
  const why = isStale ? STALE : undefined;
  const isTold = isStale && made.error instanceof ApiFailure && made.error.status === 412;
  return (
    <Dialog
      title={isDeployed ? 'Deploy the changes' : 'Save a version'}
      aside={worker.name}
      hasTyped={message !== proposed || tag !== ''}
      onClose={onClose}
      onSubmit={() => why === undefined && made.mutate()}
      foot={
        <>
          <p className={why && 'is-why'}>
            {why ?? (isDeployed ? <WayBack worker={worker} /> : 'It can be deployed later, at once or gradually.')}
          </p>
          <Cancel />
          <Button
            kind="main"
            type="submit"
            why={why}
            data-first
            working={made.isPending ? (isDeployed ? 'Deploying' : 'Saving') : undefined}
          >
            {isDeployed ? deployButton(worker) : 'Save without traffic'}
          </Button>
        </>
      }
    >
      <div className="settings-form">
        {isStale && stale}
        {made.isError && !isTold && <Refusal what={isDeployed ? 'Not deployed.' : 'Not saved.'} error={made.error} />}
        <ul className="settings-changes">
          {changesInWords(settings, draft).map((change) => (
            <li key={change}>{change.charAt(0).toUpperCase() + change.slice(1)}</li>
          ))}
        </ul>
        {isDeployed && servingOf(worker).length > 1 && (
          <div>
            <SplitBar size="row" versions={servingOf(worker)} />
            <p className="small second">Now: {splitInWords(servingOf(worker))}</p>
          </div>
        )}
        <Consequence text={isDeployed ? deployedInWords(worker) : savedInWords(worker)}>
          {isDeployed
            ? (waitingInWords(worker) ?? 'Code, routes and stored data stay as they are.')
            : 'Code, routes and stored data stay as they are.'}
        </Consequence>
        {secrets.length > 0 && isDeployed && servingOf(worker).length > 0 && (
          <p className="small second">
            {secrets.join(', ')}: going back to what serves now brings {secrets.length === 1 ? 'its' : 'their'} value of today back, and
            asks before it does.
          </p>
        )}
        <TextField
          label={isDeployed ? 'Message for version and deployment, optional' : 'Message, optional'}
          value={message}
          onChange={({ target }) => setMessage(target.value)}
        />
        <TextField
          label="Tag, optional"
          hint="A name of your own, such as a commit."
          value={tag}
          onChange={({ target }) => setTag(target.value)}
        />
      </div>
    </Dialog>
  );
};

const WayBack = ({ worker }: { readonly worker: Worker }) => {
  const [first, other] = servingOf(worker);
  if (first === undefined) return <>It is the first that serves.</>;
  return (
    <>
      If it goes wrong, press <kbd>R</kbd> to roll back{other === undefined ? ` to ${versionName(first.number)}` : ''}.
    </>
  );
};

const deployButton = (worker: Worker): string => (servingOf(worker).length > 1 ? 'Deploy, split as now' : 'Deploy to all requests');

/** What of the draft is sent: lines of flags that were left empty are none. */
const bodyOf = ({ env, running }: Draft) => {
  const { compatibility_flags: flags, compatibility_date: date, ...others } = running;
  return {
    ...(Object.keys(env).length === 0 ? {} : { env }),
    ...(date === undefined ? {} : { compatibility_date: date }),
    ...(flags === undefined ? {} : { compatibility_flags: flags.map((flag) => flag.trim()).filter((flag) => flag !== '') }),
    ...others,
  };
};

const annotated = (message: string, tag: string) => ({
  ...(message.trim() === '' ? {} : { message: message.trim() }),
  ...(tag.trim() === '' ? {} : { tag: tag.trim() }),
});

type Revised = Result<'createRevision'>;
type Go = ReturnType<typeof useAddress>[1];

const savedToast = ({ versions }: Revised, go: Go) => {
  const [version] = versions;
  const name = versionName(version?.number ?? null);
  return {
    text: `${name} is saved, without traffic.`,
    action: { text: `Deploy ${name}`, onSelect: () => go({ dialog: 'deploy', of: version?.version_id }) },
  };
};

const deployedToast = ({ deployment }: Revised, go: Go) => {
  const versions = newerFirst(deployment?.versions ?? []);
  const [only] = versions;
  const text =
    versions.length === 1
      ? `${versionName(only?.number ?? null)} gets all requests.`
      : `${versions.map(({ number, percentage }) => `${versionName(number)} gets ${percentage}%`).join(', ')}.`;
  return { text, action: { text: 'Roll back', onSelect: () => go({ dialog: 'rollback' }) } };
};
