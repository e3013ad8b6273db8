import { KeyRound } from 'lucide-react';
import { Icon, versionName } from '../../parts/index.ts';
import { counted } from '../../words/index.ts';
import type { Preflight } from './checks.tsx';

interface SecretsQuestionProps {
  readonly report: Preflight;
  readonly isAnswered: boolean;
  readonly onAnswer: (isAnswered: boolean) => void;
}

/** A version that is older than the value of a secret brings the old one back: that is done only by somebody who knows. */
export const SecretsQuestion = ({ report, isAnswered, onAnswer }: SecretsQuestionProps) => {
  const asked = new Set(report.warnings.filter(({ needs_force: isAsked }) => isAsked).map(({ version_id: id }) => id));
  const older = report.versions.filter(({ version_id: id }) => asked.has(id));
  return (
    <fieldset className="question deploy-question">
      <legend className="visually-hidden">Changed secrets</legend>
      {older.map(({ version_id: id, number }) => (
        <OneQuestion key={id} name={versionName(number)} secrets={secretsOf(report, id)} />
      ))}
      <label className="choice">
        <input type="checkbox" checked={isAnswered} onChange={({ target }) => onAnswer(target.checked)} />
        <span>
          Keep the values that {older.map(({ number }) => versionName(number)).join(' and ')} {older.length === 1 ? 'was' : 'were'} made
          with
        </span>
      </label>
    </fieldset>
  );
};

/** Those that it has old values of, also where they are gone since; not those that came after it. */
const secretsOf = ({ differences }: Preflight, id: string): readonly string[] => {
  const secrets = differences.find(({ version_id: each }) => each === id)?.secrets;
  return secrets === undefined ? [] : [...secrets.changed, ...secrets.added].toSorted();
};

const OneQuestion = ({ name, secrets }: { readonly name: string; readonly secrets: readonly string[] }) => (
  <div>
    <p className="question-head">
      <Icon of={KeyRound} />
      {counted(secrets.length, 'secret')} changed since {name} was made
    </p>
    <p className="mono small second">{secrets.join(', ')}</p>
    <p className="small second">If someone has revoked the old values since, {name} fails where it uses them.</p>
  </div>
);
