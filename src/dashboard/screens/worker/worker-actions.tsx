import { Undo2 } from 'lucide-react';
import { useEffect, type ReactNode } from 'react';
import { Button, Dialog, late } from '../../parts/index.ts';
import { useAddress, useGo, useKeys } from '../../shell/index.ts';
import { noWayBack, useWorker } from './worker.ts';

/** What a dialog about a Worker is given. It is in the address: `?dialog=rollback&version=…`. */
export interface WorkerDialogProps {
  readonly name: string;
  /** The version that it is about, where one was chosen before: an id. */
  readonly versionId: string | undefined;
  readonly onClose: () => void;
}

const framed =
  (title: string) =>
  (lost: ReactNode, { name, onClose }: WorkerDialogProps) => (
    <Dialog title={title} aside={name} onClose={onClose} foot={<Button onClick={onClose}>Close</Button>}>
      {lost}
    </Dialog>
  );

const DIALOGS = {
  deploy: late<WorkerDialogProps>(async () => (await import('../deploy/index.ts')).DeployDialog, {
    what: 'The form did not load.',
    frame: framed('Deploy version'),
  }),
  rollback: late<WorkerDialogProps>(async () => (await import('../rollback/index.ts')).RollbackDialog, {
    what: 'The form did not load.',
    frame: framed('Rollback'),
  }),
};

/** Long enough for what the page itself asks for. */
const LOAD_AFTER_MS = 2_000;

/** Both are there before they are needed: a way back must not wait for a slow line, nor for a server that is away. */
const useLoaded = (): void =>
  useEffect(() => {
    const timer = window.setTimeout(() => void Promise.all([DIALOGS.rollback.preload(), DIALOGS.deploy.preload()]), LOAD_AFTER_MS);
    return () => window.clearTimeout(timer);
  }, []);

/** Edit, roll back, deploy: on each page of a Worker, with their keys and dialogs. */
export const WorkerActions = ({ name, hasEdit = false }: { readonly name: string; readonly hasEdit?: boolean }) => {
  const [{ dialog, of }, change] = useAddress();
  const goTo = useGo();
  useLoaded();
  const { worker } = useWorker(name);
  const why = worker && noWayBack(worker);
  const open = (which: string): void => change({ dialog: which, of: versionOfRow(which) });
  const close = (): void => change({ dialog: undefined, of: undefined }, false);
  const go = (to: string) => () => goTo(to);
  useKeys({
    d: () => open('deploy'),
    r: () => why === undefined && open('rollback'),
    c: go(`/workers/${name}/compare`),
    'g o': go(`/workers/${name}`),
    'g d': go(`/workers/${name}/deployments`),
    'g v': go(`/workers/${name}/versions`),
    'g l': go(`/workers/${name}/logs`),
  });
  const Opened = dialog === 'deploy' || dialog === 'rollback' ? DIALOGS[dialog] : undefined;
  return (
    <div className="actions worker-actions">
      {hasEdit && (
        <span className="worker-edit">
          <Button onClick={go(`/workers/${name}/edit`)}>Edit code</Button>
        </span>
      )}
      <Button icon={Undo2} shortcut="R" why={why} onClick={() => open('rollback')}>
        Rollback
      </Button>
      <Button kind="main" shortcut="D" onClick={() => open('deploy')}>
        Deploy version
      </Button>
      {why !== undefined && (
        <p className="small third" aria-hidden>
          {why}
        </p>
      )}
      {Opened && <Opened key={dialog} name={name} versionId={of} onClose={close} />}
    </div>
  );
};

/** By a key: the version that the row with the focus means, where it says one as `data-deploy` or `data-rollback`. */
const versionOfRow = (which: string): string | undefined => document.activeElement?.closest<HTMLElement>('[data-row]')?.dataset[which];
