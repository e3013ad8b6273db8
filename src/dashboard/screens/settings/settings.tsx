import { useParams } from '@tanstack/react-router';
import { useApi } from '../../api/index.ts';
import { Bones, Loaded } from '../../parts/index.ts';
import { useWorker } from '../worker/worker.ts';
import { AtOnce } from './at-once.tsx';
import { useDraft } from './use-draft.ts';
import { Versioned } from './versioned.tsx';
import './settings.css';

/** Two parts that must not be mixed up: what makes a version, and what applies to all of them at once. */
export const Settings = () => {
  const { name } = useParams({ from: '/inside/workers/$name' });
  const { read } = useWorker(name);
  const { data } = useApi('getSettings', { params: { script_name: name } });
  const draft = useDraft(data?.etag);
  return (
    <Loaded from={read} bones={<Bones lines={[30, 90, 90, 30, 90, 90]} />} what="The Worker did not load.">
      {({ result }) => (
        <div className="settings">
          <Versioned worker={result} draft={draft} />
          <AtOnce worker={result} draft={draft} />
        </div>
      )}
    </Loaded>
  );
};
