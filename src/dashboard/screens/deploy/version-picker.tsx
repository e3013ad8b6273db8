import { ChevronDown } from 'lucide-react';
import { useId, useLayoutEffect, useRef, useState } from 'react';
import type { Look } from '../../../domain/index.ts';
import { Icon, VersionChip } from '../../parts/index.ts';
import type { Candidate } from '../traffic/index.ts';
import { VersionLines } from './version-lines.tsx';
import { VersionList } from './version-list.tsx';

interface VersionPickerProps {
  readonly label: string;
  readonly candidates: readonly Candidate[];
  /** Undefined: none. */
  readonly chosen: Candidate | undefined;
  readonly look: Look;
  /** Whether none may be chosen. */
  readonly hasNone?: boolean;
  readonly onChoose: (id: string | undefined) => void;
}

const GAP = 4;
const MARGIN = 8;
const LEAST_PX = 200;
const MOST_PX = 400;

/** Which version: one of those that may be deployed, found by typing some of its number, message, tag or author. */
export const VersionPicker = ({ label, candidates, chosen, look, hasNone = false, onChoose }: VersionPickerProps) => {
  const [isOpen, setIsOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const popup = useRef<HTMLDivElement>(null);
  const id = useId();
  useLayoutEffect(() => {
    if (!isOpen || popup.current === null || button.current === null) return;
    const place = button.current.getBoundingClientRect();
    const below = window.innerHeight - place.bottom - GAP - MARGIN;
    const isBelow = below >= LEAST_PX || below >= place.top;
    const room = Math.min(MOST_PX, isBelow ? below : place.top - GAP - MARGIN);
    const { style } = popup.current;
    style.setProperty('left', `${place.left}px`);
    style.setProperty('width', `${place.width}px`);
    style.setProperty('max-height', `${room}px`);
    style.setProperty(isBelow ? 'top' : 'bottom', `${isBelow ? place.bottom + GAP : window.innerHeight - place.top + GAP}px`);
    popup.current.showPopover();
    popup.current.querySelector('input')?.focus();
  }, [isOpen]);
  const choose = (versionId: string | undefined): void => {
    setIsOpen(false);
    button.current?.focus();
    onChoose(versionId);
  };
  return (
    <div className="field">
      <span id={id} className="label">
        {label}
      </span>
      <button
        ref={button}
        type="button"
        id={`${id}-button`}
        className="deploy-picker"
        aria-haspopup="listbox"
        aria-expanded={isOpen}
        aria-labelledby={`${id} ${id}-button`}
        onClick={() => setIsOpen(!isOpen)}
      >
        {chosen === undefined ? (
          <span className="third">none</span>
        ) : (
          <>
            <VersionChip number={chosen.number} look={look} />
            <VersionLines version={chosen} />
          </>
        )}
        <Icon of={ChevronDown} />
      </button>
      {isOpen && (
        <div
          ref={popup}
          className="menu deploy-popup"
          popover="auto"
          onToggle={(event) => {
            if (event.newState === 'closed') setIsOpen(false);
          }}
        >
          <VersionList label={label} candidates={candidates} chosenId={chosen?.id} hasNone={hasNone} onChoose={choose} />
        </div>
      )}
    </div>
  );
};
