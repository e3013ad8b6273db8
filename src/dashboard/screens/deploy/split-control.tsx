import { useId, useState, type KeyboardEvent } from 'react';
import { percentageOf, type Share } from '../../../domain/index.ts';
import { Fault, VersionChip } from '../../parts/index.ts';
import { singleKeys } from '../../shell/index.ts';
import { percentage } from '../../words/index.ts';
import { ShareField } from './share-field.tsx';
import { QUICK_STEPS, restOf, shareFault, shareFrom, shareText } from './shares.ts';
import { SplitSlider } from './split-slider.tsx';

interface SplitControlProps {
  readonly share: Share;
  readonly now: Share | undefined;
  readonly newNumber: number | null;
  /** Undefined where there is none that it could share with. */
  readonly otherNumber: number | null | undefined;
  readonly onChange: (share: Share) => void;
  /** Why what stands in a field is no share; undefined where it is one. */
  readonly onFault: (fault: string | undefined) => void;
}

interface Typed {
  readonly side: 'new' | 'other';
  readonly text: string;
}

const nameOf = (number: number | null): string => (number === null ? 'a deleted version' : `v${number}`);

/** How the traffic of two versions is divided: a bar with a thumb, an exact field at either end, and quick steps. */
export const SplitControl = ({ share, now, newNumber, otherNumber, onChange, onFault }: SplitControlProps) => {
  const faultId = useId();
  const [typed, setTyped] = useState<Typed>();
  const fault = typed && shareFault(typed.text);
  const hasOther = otherNumber !== undefined;
  const set = (next: Share): void => {
    setTyped(undefined);
    onFault(undefined);
    onChange(next);
  };
  const type = (side: Typed['side'], text: string): void => {
    const given = shareFrom(text);
    setTyped({ side, text });
    onFault(shareFault(text));
    if (given !== undefined) onChange(side === 'new' ? given : restOf(given));
  };
  const field = (side: Typed['side'], own: Share) => ({
    text: typed?.side === side ? typed.text : shareText(own),
    isWrong: fault !== undefined && typed?.side === side,
    faultId,
    onType: (text: string) => type(side, text),
    onLeave: () => {
      if (fault === undefined) setTyped(undefined);
    },
  });
  const press = (event: KeyboardEvent<HTMLElement>): void => {
    const step = QUICK_STEPS[Number(event.key) - 1];
    const isTyping = event.target instanceof HTMLInputElement;
    if (step === undefined || !hasOther || isTyping || event.ctrlKey || event.metaKey || event.altKey || !singleKeys.areOn()) return;
    event.preventDefault();
    set(step);
  };
  return (
    <div className="deploy-control" onKeyDown={press}>
      <SplitSlider
        share={share}
        now={now}
        newName={nameOf(newNumber)}
        otherName={hasOther ? nameOf(otherNumber) : undefined}
        onChange={set}
      />
      {hasOther && (
        <div className="deploy-ends">
          <ShareField name={nameOf(newNumber)} chip={<VersionChip number={newNumber} look="new" />} isFirst {...field('new', share)} />
          <div className="deploy-steps" role="group" aria-label="Quick steps">
            {QUICK_STEPS.map((step, index) => (
              <button
                key={step}
                type="button"
                aria-pressed={step === share}
                aria-keyshortcuts={String(index + 1)}
                onClick={() => set(step)}
              >
                {percentage(percentageOf(step))}
              </button>
            ))}
          </div>
          <ShareField
            name={nameOf(otherNumber)}
            chip={<VersionChip number={otherNumber} look="stable" />}
            {...field('other', restOf(share))}
          />
        </div>
      )}
      {fault !== undefined && (
        <p id={faultId} className="small">
          <Fault>{fault}</Fault>
        </p>
      )}
    </div>
  );
};
