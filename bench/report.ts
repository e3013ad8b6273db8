import { styleText } from 'node:util';
import type { Figure, Measured } from './figure.ts';
import type { Spread } from './spread.ts';

const HEADINGS = ['', 'measured', 'beside', '', 'ratio', 'aim'] as const;

/** The figures of a row as people read them: median (min–max), and the 99th percentile where there is one. */
export const tableOf = (figures: readonly Figure[]): string => {
  const lines = [HEADINGS, ...figures.map(cellsOf)];
  const widths = HEADINGS.map((_, column) => Math.max(...lines.map((cells) => (cells[column] ?? '').length)));
  return lines
    .map((cells, line) => {
      const text = cells
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd();
      return line === 0 ? styleText('dim', text) : text;
    })
    .join('\n');
};

const cellsOf = ({ name, unit, ours, peer, ratio, aim }: Figure): readonly string[] => [
  name,
  `${measured(ours)} ${unit}`,
  peer === undefined ? '' : measured(peer),
  peer?.name ?? '',
  ratio === undefined ? '' : spread(ratio),
  aim === undefined ? '' : `${aim.text}: ${aim.isMet ? 'met' : 'missed'}`,
];

const measured = (value: Measured): string => `${spread(value)}${value.p99 === undefined ? '' : ` p99 ${short(value.p99)}`}`;

const spread = ({ median, min, max }: Spread): string => (min === max ? short(median) : `${short(median)} (${short(min)}–${short(max)})`);

const short = (value: number): string => {
  const size = Math.abs(value);
  if (Number.isInteger(value) || size >= 100) return Math.round(value).toLocaleString('en');
  return size >= 10 ? value.toFixed(1) : value.toFixed(2);
};
