import { TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { ApiFailure, useLive } from '../../api/index.ts';
import { Button, Cancel, CheckLine, Consequence, Dialog, newerFirst, Refusal, TextField, versionName } from '../../parts/index.ts';
import { readable } from '../../words/index.ts';
import { StaleBanner, type Active } from '../traffic/index.ts';
import { ChangedSecrets } from './changed-secrets.tsx';
import { NowAndThen } from './now-and-then.tsx';
import { rollbackInWords } from './rollback-words.ts';
import { Targets, type Target } from './targets.tsx';
import { useRollback, type Values } from './use-rollback.ts';

interface RollbackFormProps {
  readonly width: 'wide';
  readonly name: string;
  readonly active: Active;
  readonly perMinute: number | undefined;
  readonly proposal: Target | undefined;
  /** The first of them as they are now: what blocks one may come while somebody looks. */
  readonly fresh: readonly Target[];
  /** How many targets stand there at first. */
  readonly limit: number;
  /** What a version would have that is made now, where nobody is quicker. */
  readonly nextNumber: number;
  readonly onClose: () => void;
  readonly onStartOver: () => void;
}

export const RollbackForm = ({
  name,
  active,
  perMinute,
  proposal,
  fresh,
  limit,
  nextNumber,
  onClose,
  onStartOver,
  width,
}: RollbackFormProps) => {
  const [seen] = useState(active);
  const [chosen, setChosen] = useState(proposal);
  const target = fresh.find(({ version_id: id }) => id === chosen?.version_id) ?? chosen;
  const [message, setMessage] = useState('');
  const [answer, setAnswer] = useState<Values>();
  const { edges } = useLive();
  const leaving = versionName(newerFirst(seen.versions).find(({ version_id: id }) => id !== target?.version_id)?.number ?? null);
  const goal = target === undefined ? '' : versionName(target.number);
  const isAsked = target?.warnings.some(({ needs_force: needs }) => needs) === true;
  const values = isAsked ? answer : undefined;
  const isRenewed = values === 'today';
  // What will serve.
  const then = isRenewed ? versionName(nextNumber) : goal;
  const { rollBack, isWorking, error } = useRollback(name, seen, leaving, onClose);
  const isStale = !isWorking && active.id !== seen.id;
  const isBlocked = target !== undefined && target.blockers.length > 0;
  const why = isStale
    ? 'What serves has changed: see the change, or start over.'
    : target === undefined
      ? 'None of these that may be deployed had all of the traffic: choose one.'
      : isBlocked
        ? `${goal} is blocked: choose another version.`
        : isAsked && values === undefined
          ? 'Secrets changed: say first which values are to be used.'
          : undefined;
  const act = (): void => {
    if (why !== undefined || isWorking || target === undefined) return;
    void rollBack({ target, message, values });
  };
  const choose = (next: Target): void => {
    setChosen(next);
    setAnswer(undefined);
  };
  return (
    <Dialog
      title={target === undefined ? `Roll back ${name}` : `Roll back ${name} to ${goal}`}
      width={width}
      onClose={onClose}
      onSubmit={act}
      hasTyped={message !== ''}
      foot={
        <>
          <p className={why === undefined ? undefined : 'is-why'}>{why ?? `Can be undone: ${leaving} stays deployable.`}</p>
          <Cancel>Keep {leaving}</Cancel>
          <Button
            kind="main"
            type="submit"
            why={why}
            working={isWorking ? 'Rolling back' : undefined}
            data-first={isAsked ? undefined : ''}
          >
            {target === undefined ? 'Roll back' : isRenewed ? `Roll back to ${goal} as ${then}` : `Roll back to ${goal}`}
          </Button>
        </>
      }
    >
      {isStale && <StaleBanner name={name} active={active} seen={seen} onStartOver={onStartOver} />}
      {error !== undefined && !(isStale && error instanceof ApiFailure && error.status === 412) && (
        <div className="rollback-refusal">
          <Refusal what="Not rolled back." error={error} />
        </div>
      )}
      <div className="rollback-columns">
        <fieldset className="rollback-targets">
          <legend>Roll back to</legend>
          <Targets name={name} chosenId={target?.version_id} limit={limit} onChoose={choose} />
        </fieldset>
        <div className="rollback-what">
          <NowAndThen active={active} then={target && (isRenewed ? nextNumber : target.number)} />
          {target !== undefined && (
            <>
              <Consequence text={rollbackInWords(then, perMinute, edges)}>
                {isRenewed && `${then} is the code of ${goal} with the secrets of today. `}Resources connected to the Worker are not
                changed: data in KV, R2, D1, Queues and Durable Objects stays, and {then} will read what {leaving} has written. Errors can
                occur where the structure of data has changed since.
              </Consequence>
              <Warnings target={target} active={seen} />
              <AddedSecrets target={target} isAsked={isAsked} />
              {isAsked && <ChangedSecrets target={target} next={versionName(nextNumber)} values={values} onAnswer={setAnswer} />}
            </>
          )}
          <TextField
            label={
              <>
                Message <span className="third">for the audit log, optional</span>
              </>
            }
            value={message}
            onChange={({ target: { value } }) => setMessage(value)}
          />
        </div>
      </div>
    </Dialog>
  );
};

/** What came after it asks nothing: it has no old value of these. Where it is asked of others, they are told of there. */
const AddedSecrets = ({ target, isAsked }: { readonly target: Target; readonly isAsked: boolean }) => {
  const names = target.secrets_changed.filter(({ change }) => change === 'added').map(({ name }) => name);
  if (isAsked || names.length === 0) return null;
  return (
    <p className="small second">
      {versionName(target.number)} does not bind the {names.length === 1 ? 'secret' : 'secrets'} <code>{names.join(', ')}</code>, added
      since: it serves without.
    </p>
  );
};

/** What does not forbid it and should be known, in the API's words. */
const Warnings = ({ target, active }: { readonly target: Target; readonly active: Active }) => {
  const told = target.warnings.filter(({ needs_force: isAsked }) => !isAsked);
  if (told.length === 0) return null;
  return (
    <ul className="checks rows" aria-label="To know">
      {told.map(({ code, message }) => (
        <CheckLine key={message} icon={TriangleAlert}>
          {readable(message, [target, ...active.versions])} <span className="third small">Code {code}.</span>
        </CheckLine>
      ))}
    </ul>
  );
};
