import { useParams } from '@tanstack/react-router';
import { Bones, Loaded } from '../../parts/index.ts';
import { useWorker } from '../worker/worker.ts';
import { Addresses } from './addresses.tsx';
import { Consumers } from './consumers.tsx';
import { Crons } from './crons.tsx';
import { Domains } from './domains.tsx';
import { Routes } from './routes.tsx';

/** What the Worker is called for. None of it is of a version: it holds for all of them, at once. */
export const Triggers = () => {
  const { name } = useParams({ from: '/inside/workers/$name' });
  const { read } = useWorker(name);
  return (
    <Loaded from={read} bones={<Bones lines={[30, 90, 90, 30, 90, 90]} />} what="The Worker did not load.">
      {({ result }) => (
        <div className="triggers">
          <p className="triggers-about">
            What calls this Worker. A change applies to every version at once, makes no version, and is not taken back by a rollback.
          </p>
          <Addresses worker={result} />
          <Domains name={name} />
          <Routes name={name} />
          <Crons name={name} />
          <Consumers name={name} />
        </div>
      )}
    </Loaded>
  );
};
