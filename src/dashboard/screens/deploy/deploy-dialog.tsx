import { useState } from 'react';
import { Bones, Cancel, Dialog, Refusal } from '../../parts/index.ts';
import type { WorkerDialogProps } from '../worker/index.ts';
import { useServing } from '../traffic/index.ts';
import { DeployForm } from './deploy-form.tsx';
import { proposed } from './draft.ts';
import { sharesOf } from '../traffic/index.ts';
import './deploy.css';

/** Which versions get the traffic, and how much of it each: chosen, checked, and made so. */
export const DeployDialog = ({ name, versionId, onClose }: WorkerDialogProps) => {
  const { serving, error } = useServing(name);
  const [times, setTimes] = useState(0);
  const frame = { title: 'Deploy version', aside: name, onClose };
  const foot = <Cancel />;
  if (serving === undefined)
    return (
      <Dialog {...frame} foot={foot}>
        {error == null ? <Bones lines={[100, 100, 60, 80]} /> : <Refusal what="What may be deployed did not load." error={error} />}
      </Dialog>
    );
  const ids = serving.candidates.map(({ id }) => id);
  const draft = proposed(sharesOf(serving.active), ids, versionId);
  if (draft === undefined)
    return (
      <Dialog {...frame} foot={foot}>
        <p>There is no version to deploy yet: upload one first.</p>
      </Dialog>
    );
  return (
    <DeployForm
      key={times}
      {...frame}
      name={name}
      serving={serving}
      proposal={draft}
      isOther={versionId !== undefined && !ids.includes(versionId)}
      onStartOver={() => setTimes(times + 1)}
    />
  );
};
