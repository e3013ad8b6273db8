import { KeyRound } from 'lucide-react';
import type { ReactNode } from 'react';
import { Icon, versionName, When } from '../../parts/index.ts';
import { counted, dayAndClock } from '../../words/index.ts';
import type { Target } from './targets.tsx';
import type { Values } from './use-rollback.ts';

interface ChangedSecretsProps {
  readonly target: Target;
  /** What a version would be called that is made now. */
  readonly next: string;
  readonly values: Values | undefined;
  readonly onAnswer: (values: Values) => void;
}

type Secret = Target['secrets_changed'][number];

/** A rollback brings back the old values of secrets, or gives the old code those of today: whoever does it says which. */
export const ChangedSecrets = ({ target, next, values, onAnswer }: ChangedSecretsProps) => {
  const { number, secrets_changed: secrets, served } = target;
  const name = versionName(number);
  // It has no old value of what came after it.
  const its = secrets.filter(({ change }) => change !== 'added');
  return (
    <fieldset className="question">
      <legend className="visually-hidden">Changed secrets</legend>
      <p className="question-head">
        <Icon of={KeyRound} />
        {counted(its.length, 'secret')} changed since {name} was made
      </p>
      <dl className="rollback-secrets small">
        {its.map((secret) => (
          <div key={secret.name}>
            <dt className="mono">{secret.name}</dt>
            <dd className="second">
              <Change {...secret} />
            </dd>
          </div>
        ))}
      </dl>
      <Choice title={`Keep the values ${name} was made with`} isFirst isChosen={values === 'then'} onChoose={() => onAnswer('then')}>
        {served?.until != null && (
          <>
            {name} served with them until <When at={served.until} as={dayAndClock} />.{' '}
          </>
        )}
        If someone has revoked the old ones since, {name} fails where it uses them.
      </Choice>
      <Choice title={`Give ${name} the values of today`} isChosen={values === 'today'} onChoose={() => onAnswer('today')}>
        Makes {next} from the code of {name} and deploys that instead. {name} itself stays as it is.{' '}
        {named(secrets, 'added', (names) => `${next} also gets ${names}, added since.`)}
        {named(secrets, 'removed', (names) => `${next} does not get ${names}, removed since.`)}
      </Choice>
    </fieldset>
  );
};

interface ChoiceProps {
  readonly title: string;
  readonly isFirst?: boolean;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
  readonly children: ReactNode;
}

const Choice = ({ title, isFirst = false, isChosen, onChoose, children }: ChoiceProps) => (
  <label className={`choice rollback-choice${isChosen ? ' is-chosen' : ''}`}>
    <input type="radio" name="values" data-first={isFirst ? '' : undefined} checked={isChosen} onChange={onChoose} />
    <span>
      <span className="strong">{title}</span>
      <span className="small second">{children}</span>
    </span>
  </label>
);

const WHAT = { added: 'Added', removed: 'Removed', changed: '' } as const;

const Change = ({ change, by, on }: Secret) => {
  const what = WHAT[change];
  const who = by === null ? `${what === '' ? 'Changed' : what}; by whom is not known` : `${what === '' ? '' : `${what} by `}${by}`;
  return (
    <>
      {who}
      {on !== null && (
        <>
          , <When at={on} as={dayAndClock} />
        </>
      )}
    </>
  );
};

/** A sentence on those of which this became; nothing where there are none. */
const named = (secrets: readonly Secret[], what: Secret['change'], sentence: (names: string) => string): string => {
  const names = secrets.filter(({ change }) => change === what).map(({ name }) => name);
  return names.length === 0 ? '' : `${sentence(names.join(', '))} `;
};
