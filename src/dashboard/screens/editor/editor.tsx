import { useMemo, useRef, useState } from 'react';
import { Banner, Button, newerFirst, Refusal, splitInWords, toast } from '../../parts/index.ts';
import { useAddress, useGo, useKeys } from '../../shell/index.ts';
import { bytes, counted, percentage } from '../../words/index.ts';
import { withText } from './changes.ts';
import { CodeField, CodeMemory } from './code-field.tsx';
import { FaultBanner, useFault } from './fault.tsx';
import { useEdit } from './drafts.ts';
import { FileList } from './file-list.tsx';
import { isServiceWorker, sizeOf, stateOf, untouched, type Base, type EditedWorker } from './files.ts';
import { Head } from './head.tsx';
import { EditorActions, NOTHING_CHANGED } from './editor-actions.tsx';
import { useFacts, type Assets } from './use-facts.ts';
import { Notices } from './notices.tsx';
import { SaveDialog, type Refused } from './save-dialog.tsx';
import type { Made } from './upload.ts';

interface EditorProps {
  readonly worker: EditedWorker;
  readonly newest: NonNullable<EditedWorker['newest_version']>;
  readonly base: Base;
  readonly onOpenNewest: () => void;
}

/** Files left, the code of one of them right. Nothing is uploaded before Save or Deploy. */
export const Editor = ({ worker, newest, base, onOpenNewest }: EditorProps) => {
  const { name, deployment } = worker;
  const [{ file: asked, dialog }, address] = useAddress();
  const goTo = useGo();
  const original = useMemo(() => untouched(base), [base]);
  const { edit, isChanged, isUnkept, change, forget } = useEdit(name, base.id, original);
  const memory = useRef(new CodeMemory());
  const [generation, setGeneration] = useState(0);
  // What the page goes by; a deployment over another one is refused.
  const [basis, setBasis] = useState(deployment?.id);
  const facts = useFacts(name, base.id, newest.version_id);
  const open = edit.files.find((file) => file.name === asked) ?? edit.files.find((file) => file.name === edit.entry);
  const isWhole = isServiceWorker(base);
  const isStale = deployment !== null && deployment.id !== basis;
  // By the one call that deploys such code nothing can be made sure of.
  const held = isWhole && isStale ? 'Somebody deployed meanwhile: first go by what serves now.' : undefined;
  // What is uploaded without knowing that would lose them without a word.
  const unsure = facts.assets === undefined ? unsureOf(facts.error !== null || facts.isMissing) : undefined;
  const ask = (which: 'save' | 'deploy'): void => address({ dialog: which });
  const fileInAddress = (file: string): string | undefined => (file === edit.entry ? undefined : file);
  const fault = useFault(edit, isWhole);
  const close = (refused?: Refused): void => {
    const place = refused === undefined ? undefined : fault.tell(refused);
    address({ dialog: undefined, ...(place !== undefined && { file: fileInAddress(place.file) }) }, false);
  };
  useKeys({ 'mod+s': () => isChanged && (unsure ?? held) === undefined && dialog === undefined && ask(isWhole ? 'deploy' : 'save') });
  const discard = (): void => {
    const before = edit;
    const restart = (to: typeof edit): void => {
      change(() => to);
      fault.forget();
      memory.current = new CodeMemory();
      setGeneration((number) => number + 1);
    };
    restart(original);
    toast({ text: 'The edit is discarded.', action: { text: 'Bring it back', onSelect: () => restart(before) } });
  };
  const deploy = (id: string): void => goTo(`/workers/${name}`, { dialog: 'deploy', of: id });
  const share = deployment?.versions.find(({ version_id: id }) => id === base.id)?.percentage ?? 0;
  const made = ({ id, number }: Made, isDeployed: boolean): void => {
    forget();
    fault.forget();
    address({ dialog: undefined, version: id }, false);
    toast(
      isDeployed
        ? { text: `v${number} gets all requests.` }
        : {
            text: `v${number} is saved, without traffic.`,
            action: { text: `Deploy v${number}`, onSelect: () => deploy(id) },
          },
    );
  };
  const changed = edit.files.filter((each) => stateOf(each, original) !== 'same').length;
  const gone = original.files.filter(({ name: each }) => !edit.files.some(({ from }) => from === each)).length;
  return (
    <>
      <Head
        name={name}
        actions={
          <EditorActions
            {...{ isChanged, isWhole, unsure, held }}
            asIs={share < 100 ? { name, base } : undefined}
            onDiscard={discard}
            onAsk={ask}
          />
        }
      >
        v{base.number}
        {base.annotations['workers/message'] !== undefined && `, ${base.annotations['workers/message']}`}
        {facts.url !== null && (
          <>
            {', '}
            <a href={facts.url} className="link" target="_blank" rel="noreferrer">
              opens at {new URL(facts.url).host}
            </a>
          </>
        )}
        <br />
        <span className="third" role="status">
          {isChanged
            ? `${changedInWords(changed, gone)} It is kept in this browser until it is saved or discarded.`
            : `${NOTHING_CHANGED}${share < 100 ? ` v${base.number} gets ${share === 0 ? 'no requests' : percentage(share)}.` : ''}`}
        </span>
      </Head>
      <Notices
        {...{ name, base, newest, isChanged, isUnkept, onOpenNewest }}
        deployed={isStale ? deployment : undefined}
        onGoBy={() => setBasis(deployment?.id)}
      />
      {isChanged && facts.error !== null && (
        <Refusal
          what="Whether static files go along is not known."
          error={facts.error}
          action={
            <Button isSmall onClick={facts.again}>
              Try again
            </Button>
          }
        />
      )}
      {isChanged && facts.isMissing && (
        <Banner
          kind="stop"
          action={
            <Button isSmall onClick={facts.again}>
              Try again
            </Button>
          }
        >
          <strong className="strong">Whether static files go along is not known.</strong> The list of versions has no v{base.number}, or no
          v{newest.number}: one of them was deleted. Your edit is kept in this browser; copy it to another version.
        </Banner>
      )}
      {fault.told !== undefined && (
        <FaultBanner
          {...fault.told}
          onGo={() => {
            address({ file: fileInAddress(fault.told?.way.file ?? '') }, false);
            fault.goThere();
          }}
        />
      )}
      <div className="editor">
        <FileList
          {...{ edit, original }}
          open={open?.name ?? ''}
          onOpen={(file) => address({ file: fileInAddress(file) }, false)}
          onChange={change}
        />
        <div className="editor-place">
          {open?.text !== undefined && (
            <CodeField
              key={generation}
              name={open.name}
              text={open.text}
              memory={memory.current}
              // Below a dialog nothing takes the focus.
              way={dialog === undefined ? fault.told?.way : undefined}
              onMoved={fault.move}
              onChange={(text) => change((before) => withText(before, open.name, text))}
            />
          )}
          {open !== undefined && open.text === undefined && (
            <p className="second editor-binary">
              <span className="mono">{open.name}</span> is not text. Its {bytes(sizeOf(open, base))} stay as they are.
            </p>
          )}
        </div>
      </div>
      {(dialog === 'save' || dialog === 'deploy') && isChanged && (
        <SaveDialog
          upload={{ worker: name, base, edit, keepsAssets: facts.assets === 'kept', newestId: newest.version_id }}
          held={unsure ?? (isWhole ? held : undefined)}
          isDeployed={dialog === 'deploy'}
          isWhole={isWhole}
          number={newest.number + 1}
          serving={{ words: servingInWords(worker, dialog === 'deploy'), etag: basis === undefined ? '"none"' : `"${basis}"` }}
          remarks={filesInWords(facts.assets, base, newest)}
          onMade={made}
          onClose={close}
        />
      )}
    </>
  );
};

const changedInWords = (changed: number, gone: number): string =>
  [changed > 0 || gone === 0 ? `${counted(changed, 'file')} changed.` : '', gone > 0 ? `${counted(gone, 'file')} deleted.` : '']
    .filter(Boolean)
    .join(' ');

const unsureOf = (hasFailed: boolean): string =>
  !hasFailed ? 'Looking whether static files go along.' : 'Whether static files go along is not known: try that again first.';

const filesInWords = (assets: Assets | undefined, base: Base, newest: EditorProps['newest']): readonly string[] => {
  if (assets === 'left')
    return [`The static files of v${base.number} do not come along: v${newest.number}, the newest, has none to take them from.`];
  return assets === 'kept' && newest.version_id !== base.id ? [`Its static files are those of v${newest.number}, the newest.`] : [];
};

const servingInWords = ({ deployment }: EditedWorker, isDeployed: boolean): string => {
  if (deployment === null) return 'Nothing is deployed now.';
  const now = splitInWords(newerFirst(deployment.versions));
  if (!isDeployed) return `What serves stays as it is: ${now}.`;
  return deployment.versions.length === 1
    ? `Now it is ${now}. Rollback leads back to it.`
    : `Now it is ${now}: that split ends. Rollback leads back to one version with all traffic; Deploy version makes a split again.`;
};
