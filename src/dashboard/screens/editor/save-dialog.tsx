import { useState } from 'react';
import { refresh, useAct } from '../../api/index.ts';
import { MOST_MESSAGE_BYTES, MOST_TAG_BYTES } from '../../../domain/index.ts';
import { Button, Cancel, Consequence, Dialog, Field, Refusal, TextField } from '../../parts/index.ts';
import { deployScript, deployWhole, saveVersion, type Made, type Upload } from './upload.ts';

export interface SaveDialogProps {
  readonly upload: Omit<Upload, 'message' | 'tag'>;
  readonly isDeployed: boolean;
  /** Its versions cannot be saved: it is uploaded and deployed by one call. */
  readonly isWhole: boolean;
  /** The number that it will have, where nobody is quicker. */
  readonly number: number;
  /** What serves, in words, and the `etag` of that. */
  readonly serving: { readonly words: string; readonly etag: string | undefined };
  /** Why it must not be uploaded now. */
  readonly held: string | undefined;
  /** What else is to be known of it. */
  readonly remarks: readonly string[];
  readonly onMade: (made: Made, isDeployed: boolean) => void;
  /** With what was refused, where nothing was saved. */
  readonly onClose: (refused?: Refused) => void;
}

export interface Refused {
  readonly what: string;
  readonly error: unknown;
}

/** Asks again, with a message and a tag, and says what it will do. */
export const SaveDialog = ({ upload, isDeployed, isWhole, number, serving, held, remarks, onMade, onClose }: SaveDialogProps) => {
  const [message, setMessage] = useState('');
  const [tag, setTag] = useState('');
  // Of when it was opened.
  const [newestId] = useState(upload.newestId);
  const [saved, setSaved] = useState<Made>();
  const act = async (): Promise<Made> => {
    const said = { message, tag };
    const whole = { ...upload, ...said, newestId };
    if (isWhole) return deployScript(whole);
    // What was saved by a try whose deployment was refused is not saved once more.
    const made = saved ?? (await saveVersion(whole));
    setSaved(made);
    if (isDeployed) await deployWhole(upload.worker, made, said, serving.etag);
    return made;
  };
  const done = useAct({
    mutationFn: act,
    onSuccess: async (made) => {
      await refresh(upload.worker);
      onMade(made, isDeployed);
    },
  });
  const faults = { message: tooLong(message, MOST_MESSAGE_BYTES), tag: tooLong(tag, MOST_TAG_BYTES) };
  const why = (saved === undefined ? held : undefined) ?? faults.message ?? faults.tag;
  const leave = async (): Promise<void> => {
    if (saved === undefined) return onClose(done.isError ? { what: refusedInWords(isDeployed, saved), error: done.error } : undefined);
    await refresh(upload.worker);
    onMade(saved, false);
  };
  const name = `v${saved?.number ?? number}`;
  return (
    <Dialog
      title={isDeployed ? `Deploy ${name}` : `Save ${name}`}
      aside={upload.worker}
      width="small"
      hasTyped={saved === undefined && (message !== '' || tag !== '')}
      onClose={() => void leave()}
      onSubmit={() => why === undefined && done.mutate()}
      foot={
        <>
          <Cancel>{saved === undefined ? 'Cancel' : `Keep ${name} without traffic`}</Cancel>
          <Button kind="main" type="submit" why={why} working={done.isPending ? (isDeployed ? 'Deploying' : 'Saving') : undefined}>
            {isDeployed ? `Deploy ${name}` : 'Save version'}
          </Button>
        </>
      }
    >
      <div className="editor-dialog">
        {done.isError && (
          <div className="editor-refusal">
            <Refusal what={refusedInWords(isDeployed, saved)} error={done.error} />
          </div>
        )}
        <Field label="Message, optional" hint="What is different in it. It stands beside the version in every list." fault={faults.message}>
          {(ids) => (
            <textarea className="input" rows={2} data-first value={message} onChange={({ target }) => setMessage(target.value)} {...ids} />
          )}
        </Field>
        <TextField
          label="Tag, optional"
          hint="A short name, such as a release or a commit."
          fault={faults.tag}
          value={tag}
          onChange={({ target }) => setTag(target.value)}
        />
        <Consequence text={isDeployed ? `${name} gets all requests at once.` : `${name} gets no requests until it is deployed.`}>
          {[serving.words, ...remarks].join(' ')}
        </Consequence>
      </div>
    </Dialog>
  );
};

const refusedInWords = (isDeployed: boolean, saved: Made | undefined): string => {
  if (saved !== undefined) return `v${saved.number} is saved, and not deployed.`;
  return isDeployed ? 'Not deployed.' : 'Not saved.';
};

const tooLong = (text: string, most: number): string | undefined => {
  const bytes = new TextEncoder().encode(text).length;
  return bytes <= most ? undefined : `It has ${bytes} bytes, and may have ${most}.`;
};
