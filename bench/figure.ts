import type { Run } from './run.ts';
import { pairedRatios, percentile, spreadOf, type Spread } from './spread.ts';

/** One line of the result: what its name says, mostly of ours, and the same of the bare runtime in the same run. */
export interface Figure {
  readonly name: string;
  readonly unit: string;
  readonly ours: Measured;
  readonly peer?: Measured & { readonly name: string };
  /** Ours by the peer's, round by round. */
  readonly ratio?: Spread;
  readonly aim?: Aim;
}

export interface Measured extends Spread {
  /** Of all single measurements, where a figure is one of many events. */
  readonly p99?: number;
}

export interface Aim {
  readonly text: string;
  readonly isMet: boolean;
}

/** A row measures one question. */
export interface Row {
  readonly name: string;
  readonly title: string;
  measure(run: Run): Promise<readonly Figure[]>;
}

/** A figure of many single events, with their 99th percentile. */
export const ofEvents = (values: readonly number[]): Measured => ({ ...spreadOf(values), p99: percentile(values, 99) });

/** A figure and its peer, measured in turns. */
export const besides = (
  name: string,
  unit: string,
  ours: readonly number[],
  peer: { readonly name: string; readonly values: readonly number[] },
  measured: (values: readonly number[]) => Measured = spreadOf,
): Figure & { readonly ratio: Spread } => ({
  name,
  unit,
  ours: measured(ours),
  peer: { ...measured(peer.values), name: peer.name },
  ratio: pairedRatios(ours, peer.values),
});

export const withAim = <Each extends Figure>(figure: Each, aim: Aim): Each & { readonly aim: Aim } => ({ ...figure, aim });

export const atMost = (value: number, limit: number, unit: string): Aim => ({ text: `≤ ${limit} ${unit}`.trim(), isMet: value <= limit });
export const atLeast = (value: number, limit: number, unit: string): Aim => ({ text: `≥ ${limit} ${unit}`.trim(), isMet: value >= limit });
