import { useParams } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useApi } from '../../api/index.ts';
import { Bones, Button, Empty, Loaded, Refusal } from '../../parts/index.ts';
import { useAddress } from '../../shell/index.ts';
import { lastDraftOf } from './drafts.ts';
import { Editor } from './editor.tsx';
import { Head } from './head.tsx';
import type { EditedWorker } from './files.ts';
import './editor.css';

/** The code of one version, from which another is made. Which one it is stands in the address, so that it stays that one. */
export const EditCode = () => {
  const { name = '' } = useParams({ strict: false });
  const [{ version }, change] = useAddress();
  const worker = useApi('getWorkerOverview', { params: { name } });
  const newest = worker.data?.result.newest_version;
  const wanted = version ?? (newest == null ? undefined : (lastDraftOf(name) ?? newest.version_id));
  useEffect(() => {
    if (version === undefined && wanted !== undefined) change({ version: wanted }, false);
  });
  const openNewest = (): void => change({ version: newest?.version_id, file: undefined });
  return (
    <Loaded from={worker} bones={<EditorBones name={name} />} what="The Worker did not load.">
      {({ result }) =>
        wanted === undefined || result.newest_version === null ? (
          <>
            <Head name={name} />
            <Empty title="No code yet" command="switchback wrangler deploy">
              {name} has no version so far. The first one is uploaded where the code is:
            </Empty>
          </>
        ) : (
          <OfVersion key={wanted} worker={result} newest={result.newest_version} version={wanted} onOpenNewest={openNewest} />
        )
      }
    </Loaded>
  );
};

interface OfVersionProps {
  readonly worker: EditedWorker;
  readonly newest: NonNullable<EditedWorker['newest_version']>;
  readonly version: string;
  readonly onOpenNewest: () => void;
}

const OfVersion = ({ worker, newest, version, onOpenNewest }: OfVersionProps) => {
  const { name } = worker;
  const base = useApi('getWorkerVersion', { params: { worker: name, version_id: version }, query: { include: 'modules' } });
  // A draft outlives the version that it began with.
  if (base.isError && version !== newest.version_id)
    return <Gone name={name} error={base.error} newest={newest.number} onOpen={onOpenNewest} />;
  return (
    <Loaded from={base} bones={<EditorBones name={name} />} what="The code did not load.">
      {({ result }) => {
        if ((result.modules ?? []).length > 0) return <Editor {...{ worker, newest, onOpenNewest }} base={result} />;
        return (
          <>
            <Head name={name} />
            <Empty title="Files, and no code">v{result.number} answers with its files alone, so that there is no code to edit.</Empty>
            {newest.version_id !== result.id && <Button onClick={onOpenNewest}>Open v{newest.number}</Button>}
          </>
        );
      }}
    </Loaded>
  );
};

interface GoneProps {
  readonly name: string;
  readonly error: unknown;
  readonly newest: number;
  readonly onOpen: () => void;
}

const Gone = ({ name, error, newest, onOpen }: GoneProps) => (
  <>
    <Head name={name} />
    <Refusal
      what="This version cannot be opened."
      error={error}
      action={
        <Button isSmall onClick={onOpen}>
          Open v{newest}
        </Button>
      }
    />
  </>
);

const EditorBones = ({ name }: { readonly name: string }) => (
  <>
    <Head name={name} />
    <div className="editor">
      <div className="editor-files">
        <Bones />
      </div>
      <div className="editor-place">
        <Bones lines={[40, 60, 50, 70, 30]} />
      </div>
    </div>
  </>
);
