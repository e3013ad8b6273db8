import { KeyRound } from 'lucide-react';
import { Icon } from '../../parts/index.ts';
import { withNames, type Preflight } from './checks.tsx';

interface SecretsQuestionProps {
  readonly report: Preflight;
  readonly isAnswered: boolean;
  readonly onAnswer: (isAnswered: boolean) => void;
}

/** A version that is older than a secret's value: it is deployed only by somebody who knows. */
export const SecretsQuestion = ({ report, isAnswered, onAnswer }: SecretsQuestionProps) => {
  const asked = report.warnings.filter(({ needs_force: isAsked }) => isAsked);
  const names = report.versions
    .filter(({ version_id: id }) => asked.some((warning) => warning.version_id === id))
    .map(({ number }) => `v${number}`);
  return (
    <fieldset className="deploy-question">
      <legend className="visually-hidden">Changed secrets</legend>
      {asked.map(({ message, code }) => (
        <p key={message} className="deploy-question-head">
          <Icon of={KeyRound} />
          <span>
            {withNames(message, report.versions)} <span className="third small">Code {code}.</span>
          </span>
        </p>
      ))}
      <label className="choice">
        <input type="checkbox" checked={isAnswered} onChange={({ target }) => onAnswer(target.checked)} />
        <span>Deploy {names.join(' and ')} with the values it was made with</span>
      </label>
    </fieldset>
  );
};
