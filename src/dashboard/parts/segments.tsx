import type { ReactNode } from 'react';
import './segments.css';

interface Segment<Value extends string> {
  readonly value: Value;
  readonly text: ReactNode;
}

interface SegmentsProps<Value extends string> {
  /** What is chosen by it. */
  readonly name: string;
  readonly of: readonly Segment<Value>[];
  readonly value: Value;
  readonly onChange: (value: Value) => void;
}

/** One of a few, at once: `1 h`, `8 h`, `24 h`. */
export const Segments = <Value extends string>({ name, of, value, onChange }: SegmentsProps<Value>) => (
  <div className="segments" role="group" aria-label={name}>
    {of.map((segment) => (
      <button key={segment.value} type="button" aria-pressed={segment.value === value} onClick={() => onChange(segment.value)}>
        {segment.text}
      </button>
    ))}
  </div>
);
