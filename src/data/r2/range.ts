import { accept, type Result } from '../../base/index.ts';
import { fault, type Fault } from './fault.ts';
import type { WantedRange } from './request.ts';

export interface Range {
  readonly offset: number;
  readonly length: number;
}

/** Which bytes of an object of `size` are asked for. What asks for none of them is refused; what reaches past the end is cut there. */
export const rangeWithin = ({ range, rangeHeader }: WantedRange, size: number): Result<Range, Fault> => {
  const whole = { offset: 0, length: size };
  if (rangeHeader !== undefined) {
    const asked = parseHeader(rangeHeader);
    return asked === undefined ? accept(whole) : cut(asked, size);
  }
  return range === undefined ? accept(whole) : cut(range, size);
};

const cut = ({ offset = 0, length, suffix }: NonNullable<WantedRange['range']>, size: number): Result<Range, Fault> => {
  const start = suffix === undefined ? offset : Math.max(0, size - suffix);
  const end = Math.min(size, suffix !== undefined || length === undefined ? size : start + length);
  return end <= start ? fault('invalidRange') : accept({ offset: start, length: end - start });
};

/** A header that is none, or that asks for several ranges, asks for everything (RFC 9110 §14.2 lets a server ignore it). */
const parseHeader = (header: string): WantedRange['range'] => {
  const [, first, last] = /^\s*bytes\s*=\s*(\d*)\s*-\s*(\d*)\s*$/i.exec(header) ?? [];
  if (first === undefined || last === undefined || (first === '' && last === '')) return undefined;
  if (first === '') return { suffix: Number(last) };
  if (last === '') return { offset: Number(first) };
  return Number(last) < Number(first) ? undefined : { offset: Number(first), length: Number(last) - Number(first) + 1 };
};
