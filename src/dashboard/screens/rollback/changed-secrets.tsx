import { KeyRound } from 'lucide-react';
import { Icon, versionName, When } from '../../parts/index.ts';
import { counted, dayAndClock } from '../../words/index.ts';
import type { Target } from './targets.tsx';

interface ChangedSecretsProps {
  readonly target: Target;
  readonly isAnswered: boolean;
  readonly onAnswer: (isAnswered: boolean) => void;
}

/** A rollback brings back the old values of secrets: whoever does it says that they know. */
export const ChangedSecrets = ({ target, isAnswered, onAnswer }: ChangedSecretsProps) => {
  const { number, secrets_changed: secrets, served } = target;
  const name = versionName(number);
  return (
    <fieldset className="question">
      <legend className="visually-hidden">Changed secrets</legend>
      <p className="question-head">
        <Icon of={KeyRound} />
        {counted(secrets.length, 'secret')} changed since {name} was made
      </p>
      <dl className="rollback-secrets small">
        {secrets.map(({ name: secret, by, on }) => (
          <div key={secret}>
            <dt className="mono">{secret}</dt>
            <dd className="second">
              {by ?? 'Who changed it is not known'}
              {on !== null && (
                <>
                  , <When at={on} as={dayAndClock} />
                </>
              )}
            </dd>
          </div>
        ))}
      </dl>
      <label className="choice rollback-choice">
        <input type="checkbox" data-first="" checked={isAnswered} onChange={({ target: { checked } }) => onAnswer(checked)} />
        <span>
          <span className="strong">Keep the values {name} was made with</span>
          <span className="small second rollback-why">
            {served?.until != null && (
              <>
                They served until <When at={served.until} as={dayAndClock} />.{' '}
              </>
            )}
            If someone has revoked the old ones since, {name} fails where it uses them.
          </span>
        </span>
      </label>
    </fieldset>
  );
};
