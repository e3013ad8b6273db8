import type { ReactNode } from 'react';

interface ShareFieldProps {
  readonly name: string;
  /** Beside it: the version's chip. */
  readonly chip: ReactNode;
  readonly text: string;
  readonly isWrong: boolean;
  /** Of the sentence that says what is wrong. */
  readonly faultId: string;
  readonly isFirst?: boolean;
  readonly onType: (text: string) => void;
  readonly onLeave: () => void;
}

/** An exact share. */
export const ShareField = ({ name, chip, text, isWrong, faultId, isFirst = false, onType, onLeave }: ShareFieldProps) => (
  <label className="deploy-share">
    {chip}
    <span className="deploy-share-input">
      <input
        className="input num"
        inputMode="decimal"
        autoComplete="off"
        aria-label={`Share of ${name}, in per cent`}
        aria-invalid={isWrong}
        aria-describedby={isWrong ? faultId : undefined}
        data-first={isFirst ? '' : undefined}
        value={text}
        onChange={({ target }) => onType(target.value)}
        onFocus={({ target }) => target.select()}
        onBlur={onLeave}
      />
      <span className="third" aria-hidden>
        %
      </span>
    </span>
  </label>
);
