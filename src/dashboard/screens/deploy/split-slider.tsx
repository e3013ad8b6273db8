import { useRef, useState, type KeyboardEvent, type PointerEvent } from 'react';
import { percentageOf, WHOLE, type Share } from '../../../domain/index.ts';
import { percentage } from '../../words/index.ts';
import { restOf, shareAt, stepped } from './shares.ts';

interface SplitSliderProps {
  /** Of the new version. */
  readonly share: Share;
  /** What it has at this moment; undefined where nothing is deployed. */
  readonly now: Share | undefined;
  readonly newName: string;
  readonly otherName: string | undefined;
  readonly onChange: (share: Share) => void;
}

const placeOf = (share: Share): string => `${percentageOf(share)}%`;

/** In per cent of its width, what the name of a place goes to the left: half of it, but at the ends of the bar it stays on it. */
const leftOfTick = (percent: number): number => Math.max(Math.min(50, percent * 7), 100 - (100 - percent) * 7);

/** The bar that is the truth, with a thumb: dragged, touched, or moved by keys. */
export const SplitSlider = ({ share, now, newName, otherName, onChange }: SplitSliderProps) => {
  const bar = useRef<HTMLDivElement>(null);
  const thumb = useRef<HTMLDivElement>(null);
  const [isHeld, setIsHeld] = useState(false);
  const isFixed = otherName === undefined;
  const follow = (event: PointerEvent): void => {
    const place = bar.current?.getBoundingClientRect();
    if (place !== undefined) onChange(shareAt((event.clientX - place.left) / place.width));
  };
  const hold = (event: PointerEvent<HTMLDivElement>): void => {
    if (isFixed || event.button !== 0) return;
    event.preventDefault();
    event.currentTarget.setPointerCapture(event.pointerId);
    thumb.current?.focus();
    setIsHeld(true);
    follow(event);
  };
  const step = (event: KeyboardEvent): void => {
    const next = isFixed || event.ctrlKey || event.metaKey || event.altKey ? undefined : stepped(share, event.key, event.shiftKey);
    if (next === undefined) return;
    event.preventDefault();
    onChange(next);
  };
  const words = [`${newName} ${percentage(percentageOf(share))}`];
  if (otherName !== undefined) words.push(`${otherName} ${percentage(percentageOf(restOf(share)))}`);
  return (
    <div
      className={`deploy-slider${isHeld ? ' is-held' : ''}${isFixed ? ' is-fixed' : ''}`}
      onPointerDown={hold}
      onPointerMove={isHeld ? follow : undefined}
      onPointerUp={() => setIsHeld(false)}
      onPointerCancel={() => setIsHeld(false)}
    >
      <div ref={bar} className="split is-dialog" aria-hidden>
        {share > 0 && <span className="look-new" style={{ flexGrow: share }} />}
        {share < WHOLE && <span className="look-stable" style={{ flexGrow: restOf(share) }} />}
      </div>
      {now !== undefined && (
        <span className={`deploy-tick${now > share ? ' is-beyond' : ''}`} aria-hidden style={{ left: placeOf(now) }}>
          <span className="axis third" style={{ transform: `translateX(-${leftOfTick(percentageOf(now))}%)` }}>
            now {percentage(percentageOf(now))}
          </span>
        </span>
      )}
      <div
        ref={thumb}
        className="deploy-thumb"
        role="slider"
        tabIndex={0}
        aria-label={`Share of ${newName}`}
        aria-disabled={isFixed}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={percentageOf(share)}
        aria-valuetext={words.join(', ')}
        style={{ left: placeOf(share) }}
        onKeyDown={step}
      />
    </div>
  );
};
