import { useVirtualizer } from '@tanstack/react-virtual';
import { useId, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { VersionChip } from '../../parts/index.ts';
import type { Candidate } from '../traffic/index.ts';
import { VersionLines } from './version-lines.tsx';

interface VersionListProps {
  readonly label: string;
  readonly candidates: readonly Candidate[];
  readonly chosenId: string | undefined;
  readonly hasNone: boolean;
  readonly onChoose: (id: string | undefined) => void;
}

const ROW_PX = 52;

const textOf = ({ id, number, message, tag, author }: Candidate): string => `v${number} ${message} ${tag} ${author} ${id}`.toLowerCase();

interface Sought {
  readonly candidate: Candidate;
  readonly text: string;
}

/** Each word is somewhere in it. */
const matching = (sought: readonly Sought[], typed: string): readonly Candidate[] => {
  const words = typed.toLowerCase().split(/\s+/);
  return sought.filter(({ text }) => words.every((word) => text.includes(word))).map(({ candidate }) => candidate);
};

const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1, PageDown: 6, PageUp: -6 };

/** Versions, newest first. The field has the focus and the keys; only the rows in sight are there, so that thousands are none too many. */
export const VersionList = ({ label, candidates, chosenId, hasNone, onChoose }: VersionListProps) => {
  const [typed, setTyped] = useState('');
  const scroll = useRef<HTMLDivElement>(null);
  const list = useId();
  const sought = useMemo(() => candidates.map((candidate) => ({ candidate, text: textOf(candidate) })), [candidates]);
  const found = matching(sought, typed);
  const rows: readonly (Candidate | undefined)[] = hasNone && typed === '' ? [undefined, ...found] : found;
  const [at, setAt] = useState(() =>
    Math.max(
      0,
      rows.findIndex((row) => row?.id === chosenId),
    ),
  );
  const virtual = useVirtualizer({ count: rows.length, getScrollElement: () => scroll.current, estimateSize: () => ROW_PX, overscan: 6 });
  const go = (to: number): void => {
    const next = Math.min(rows.length - 1, Math.max(0, to));
    setAt(next);
    virtual.scrollToIndex(next);
  };
  const press = (event: KeyboardEvent): void => {
    const step = STEPS[event.key];
    if (step !== undefined) go(at + step);
    else if (event.key === 'Enter' && at < rows.length) onChoose(rows[at]?.id);
    if (step === undefined && event.key !== 'Enter') return;
    // Enter would send the form.
    event.preventDefault();
  };
  return (
    <>
      <input
        className="input"
        role="combobox"
        aria-expanded
        aria-controls={list}
        aria-activedescendant={rows.length === 0 ? undefined : `${list}-${at}`}
        aria-label={`${label}: find by number, message, tag or author`}
        placeholder="Number, message, tag or author"
        autoComplete="off"
        spellCheck={false}
        value={typed}
        onChange={({ target }) => {
          setTyped(target.value);
          setAt(0);
        }}
        onKeyDown={press}
      />
      <div ref={scroll} className="deploy-options">
        <div id={list} role="listbox" aria-label={label} style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(({ index, start }) => {
            const row = rows[index];
            return (
              <div
                key={row?.id ?? 'none'}
                id={`${list}-${index}`}
                role="option"
                className={`deploy-option${index === at ? ' is-at' : ''}`}
                aria-selected={row?.id === chosenId}
                aria-setsize={rows.length}
                aria-posinset={index + 1}
                style={{ height: ROW_PX, transform: `translateY(${start}px)` }}
                onClick={() => onChoose(row?.id)}
              >
                {row === undefined ? (
                  <span className="third">none</span>
                ) : (
                  <>
                    <VersionChip number={row.number} look={row.look} />
                    <VersionLines version={row} />
                  </>
                )}
              </div>
            );
          })}
        </div>
        {rows.length === 0 && <p className="small third deploy-nothing">No version that may be deployed has that in it.</p>}
      </div>
    </>
  );
};
