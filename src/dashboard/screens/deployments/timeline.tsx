import { useId, useLayoutEffect, useState, type KeyboardEvent } from 'react';
import { splitInWords } from '../../parts/index.ts';
import { dayAndClock, storyInWords } from '../../words/index.ts';
import { ticksOf } from './axis.ts';
import type { Deployment } from './history.ts';
import { TimelinePlot } from './timeline-plot.tsx';
import { columnsIn, everyOtherPast, marksOf, type Mark, type Scale, type Window } from './timeline.ts';
import { useWidth } from './use-width.ts';
import './timeline.css';

const HEIGHT = 200;

interface TimelineProps {
  readonly deployments: readonly Deployment[];
  readonly window: Window;
  readonly scale: Scale;
  /** The deployment that is pointed at, here or in the list. */
  readonly lit: string | undefined;
  readonly onLight: (id: string | undefined) => void;
  readonly onOpen: (id: string) => void;
}

/** Which versions served when. It says nothing that the list beneath does not say in words. */
export const Timeline = ({ deployments, window, scale, lit, onLight, onOpen }: TimelineProps) => {
  const [inner, width] = useWidth<HTMLDivElement>();
  const columns = columnsIn(deployments, window, scale, { width, height: HEIGHT });
  // Narrow screens show a part of it, beginning with what serves now.
  useLayoutEffect(() => {
    const scroller = inner.current?.parentElement;
    if (scroller != null) scroller.scrollLeft = scroller.scrollWidth;
  }, [inner, width]);
  const now = new Date(window.to);
  const litColumn = columns.find(({ of }) => of.id === lit);
  // The list says it itself.
  const [isHere, setIsHere] = useState(false);
  const here = { onPointerEnter: () => setIsHere(true), onFocus: () => setIsHere(true), onBlur: () => setIsHere(false) };
  const leave = (): void => {
    setIsHere(false);
    onLight(undefined);
  };
  return (
    <div className="timeline">
      <div className="timeline-shares axis third" aria-hidden>
        <span>100%</span>
        <span>50%</span>
        <span>0</span>
      </div>
      <div className="timeline-scroll">
        <div ref={inner} className="timeline-inner" {...here} onPointerLeave={leave}>
          {width > 0 && (
            <>
              <TimelinePlot
                columns={columns}
                size={{ width, height: HEIGHT }}
                name={nameOf(columns.map(({ of }) => of))}
                lighter={everyOtherPast(deployments)}
                litColumn={litColumn}
                onLight={onLight}
                onOpen={onOpen}
              />
              <Lane marks={marksOf(columns, width)} now={now} lit={lit} onLight={onLight} onOpen={onOpen} />
              <div className="timeline-axis axis third" aria-hidden>
                {ticksOf(columns, window, scale, width).map(({ x, text }) => (
                  <span key={x} style={{ left: x }}>
                    {text}
                  </span>
                ))}
                <span className="is-now">now</span>
              </div>
              {isHere && litColumn !== undefined && (
                <p
                  className="timeline-tip small"
                  style={{ left: `clamp(120px, ${litColumn.x + litColumn.width / 2}px, calc(100% - 120px))` }}
                  aria-hidden
                >
                  <span className="strong">{storyInWords(litColumn.of.story)}</span> {dayAndClock(new Date(litColumn.of.at), now)}
                </p>
              )}
            </>
          )}
        </div>
      </div>
    </div>
  );
};

const nameOf = (shown: readonly Deployment[]): string => {
  const last = shown.at(-1);
  const count = shown.length === 1 ? 'One deployment' : `${shown.length} deployments`;
  return last === undefined
    ? 'Nothing served'
    : `${count}, the last of them ${splitInWords(last.versions)}. The list below tells the same.`;
};

type LaneProps = Pick<TimelineProps, 'lit' | 'onLight' | 'onOpen'> & { readonly marks: readonly Mark<Deployment>[]; readonly now: Date };

/** One stop of the tab key: the arrows go from mark to mark, Enter goes to the row. */
const Lane = ({ marks, now, lit, onLight, onOpen }: LaneProps) => {
  const id = useId();
  const at = marks.findIndex(({ of }) => of.id === lit);
  if (marks.length === 0) return <div className="timeline-lane" />;
  const move = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && lit !== undefined) onOpen(lit);
    const from = at === -1 ? marks.length : at;
    const to = { ArrowLeft: Math.max(0, from - 1), ArrowRight: Math.min(marks.length - 1, from + 1), Home: 0, End: marks.length - 1 }[
      event.key
    ];
    if (to === undefined) return;
    event.preventDefault();
    onLight(marks[to]?.of.id);
    document.getElementById(`${id}-${to}`)?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  };
  return (
    <div
      className="timeline-lane"
      role="listbox"
      tabIndex={0}
      aria-label="Deployments in the picture"
      aria-orientation="horizontal"
      aria-activedescendant={at === -1 ? undefined : `${id}-${at}`}
      onKeyDown={move}
      onFocus={() => lit === undefined && onLight(marks.at(-1)?.of.id)}
      onBlur={() => onLight(undefined)}
    >
      {marks.map(({ of, x, shape, words }, index) => (
        <span
          key={of.id}
          id={`${id}-${index}`}
          role="option"
          aria-selected={of.id === lit}
          aria-label={`${words === undefined ? '' : `${words.text}: `}${storyInWords(of.story)}, ${dayAndClock(new Date(of.at), now)}`}
          className={`timeline-mark is-${shape}${of.id === lit ? ' is-lit' : ''}`}
          style={{ left: x }}
          onPointerEnter={() => onLight(of.id)}
          onClick={() => onOpen(of.id)}
        >
          {shape === 'hook' && <Hook />}
          {words !== undefined && <span className={`axis timeline-words is-${words.side}`}>{words.text}</span>}
        </span>
      ))}
    </div>
  );
};

/** Back to where it came from. */
const Hook = () => (
  <svg viewBox="0 0 12 12" fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" strokeLinejoin="round" aria-hidden>
    <path d="M3.5 1.5 1 4l2.5 2.5M1 4h6.5a3 3 0 0 1 0 6H5" />
  </svg>
);
