import { useState } from 'react';
import { call, queries, readOf, refresh, useApi, useAct, type Result } from '../../api/index.ts';
import { Banner, Bones, Button, Loaded, Refusal, TextField, toast } from '../../parts/index.ts';
import type { Worker } from '../worker/worker.ts';
import { Addresses } from '../triggers/index.ts';
import { DeleteWorker } from './delete-worker.tsx';
import type { useDraft } from './use-draft.ts';

type ScriptSettings = Result<'getScriptSettings'>;

interface AtOnceProps {
  readonly worker: Worker;
  readonly draft: ReturnType<typeof useDraft>;
}

/** The settings of the Worker itself, which no version has. */
export const AtOnce = ({ worker, draft }: AtOnceProps) => {
  const params = { script_name: worker.name };
  const read = useApi('getScriptSettings', { params });
  const applied = async (): Promise<void> => {
    await refresh(worker.name);
    // Its changes are no reason to ask what becomes of the draft.
    if (!draft.isStale) draft.followTo((await queries.fetchQuery(readOf('getSettings', { params }))).etag);
  };
  return (
    <section className="settings-part" aria-labelledby="at-once">
      <h2 id="at-once">What applies at once</h2>
      <p className="settings-about">
        These belong to the Worker, whichever version answers. A change holds from the next request, makes no version, and is not taken back
        by a rollback.
      </p>
      <section className="settings-section" aria-labelledby="observed">
        <div className="section-head">
          <h3 id="observed" className="heading">
            Logs, Logpush and tags
          </h3>
        </div>
        <Loaded from={read} bones={<Bones lines={[40, 40, 60]} />} what="These settings did not load.">
          {({ result, etag }) => <Form name={worker.name} settings={result} etag={etag} onApplied={applied} />}
        </Loaded>
      </section>
      <Addresses worker={worker} level="h3" />
      <DeleteWorker worker={worker} />
    </section>
  );
};

interface FormProps {
  readonly name: string;
  readonly settings: ScriptSettings;
  readonly etag: string | undefined;
  readonly onApplied: () => Promise<void>;
}

interface Typed {
  readonly isObserved: boolean;
  readonly rate: string;
  readonly logpush: boolean;
  readonly tags: string;
}

const WHOLE = 100;

const typedOf = ({ observability, logpush, tags }: ScriptSettings): Typed => ({
  isObserved: observability.enabled === true,
  rate: String(Math.round((observability.head_sampling_rate ?? 1) * WHOLE * 1000) / 1000),
  logpush,
  tags: tags.join(', '),
});

/** What is typed goes by the settings as they were then: nothing is written over what was not seen. */
const Form = ({ name, settings, etag, onApplied }: FormProps) => {
  const [edited, setEdited] = useState<{ readonly typed: Typed; readonly madeTo: string | undefined }>();
  const typed = edited?.typed ?? typedOf(settings);
  const set = (change: Partial<Typed>): void => setEdited({ typed: { ...typed, ...change }, madeTo: edited?.madeTo ?? etag });
  const rate = Number(typed.rate);
  const isWrong = typed.rate.trim() === '' || !(rate >= 0 && rate <= WHOLE);
  const isSame = JSON.stringify(typed) === JSON.stringify(typedOf(settings));
  const applied = useAct({
    mutationFn: () =>
      call('patchScriptSettings', {
        params: { script_name: name },
        body: {
          logpush: typed.logpush,
          observability: { ...settings.observability, enabled: typed.isObserved, head_sampling_rate: rate / WHOLE },
          tags: typed.tags
            .split(',')
            .map((tag) => tag.trim())
            .filter((tag) => tag !== ''),
        },
        ifMatch: edited?.madeTo,
      }),
    onSuccess: async () => {
      await onApplied();
      setEdited(undefined);
      toast({ text: 'It applies to every version from now on.' });
    },
  });
  // What it applies itself changes them too.
  const isStale = edited !== undefined && edited.madeTo !== etag && !applied.isPending;
  const seeNow = (
    <Button
      isSmall
      onClick={() => {
        setEdited(undefined);
        applied.reset();
        void refresh(name);
      }}
    >
      See what is there now
    </Button>
  );
  return (
    <form
      className="settings-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!isWrong && !isSame && !isStale) applied.mutate();
      }}
    >
      {isStale ? (
        <Banner action={seeNow}>
          <strong className="strong">These settings were changed while you were here.</strong> What you typed was meant for what was there
          before.
        </Banner>
      ) : (
        applied.isError && <Refusal what="Not applied." error={applied.error} action={seeNow} />
      )}
      <label className="choice">
        <input type="checkbox" checked={typed.isObserved} onChange={({ target }) => set({ isObserved: target.checked })} />
        <span>
          Keep logs
          <span className="small third settings-under">Logs, exceptions and one line for each invocation, for the Logs page.</span>
        </span>
      </label>
      <TextField
        label="Share of invocations that is kept, in percent"
        hint="What failed in a split is kept whatever the share."
        fault={isWrong ? 'A share is between 0 and 100.' : undefined}
        className="input num settings-short"
        inputMode="decimal"
        value={typed.rate}
        onChange={({ target }) => set({ rate: target.value })}
      />
      <label className="choice">
        <input type="checkbox" checked={typed.logpush} onChange={({ target }) => set({ logpush: target.checked })} />
        <span>
          Send to Logpush
          <span className="small third settings-under">To the account’s Logpush jobs, where there are any.</span>
        </span>
      </label>
      <TextField
        label="Tags of the Worker"
        hint="With commas between. They are for lists; a version has a tag of its own."
        value={typed.tags}
        onChange={({ target }) => set({ tags: target.value })}
      />
      <div>
        <Button
          type="submit"
          why={isStale ? 'First see what is there now, above.' : isSame ? 'Nothing is changed.' : undefined}
          working={applied.isPending ? 'Applying' : undefined}
        >
          Apply to all versions
        </Button>
      </div>
    </form>
  );
};
