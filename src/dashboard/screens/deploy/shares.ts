import { percentageOf, WHOLE, type Share } from '../../../domain/index.ts';

/** Shares that are one press away; the keys 1 to 6. */
export const QUICK_STEPS: readonly Share[] = [1, 5, 10, 25, 50, 100].map((percentage) => (percentage * WHOLE) / 100);

const ONE: Share = WHOLE / 100;
const TEN: Share = WHOLE / 10;

/** What somebody typed, in thousandths; undefined where it is no share. `12.5`, `12,5` and `12.5%` are the same. */
export const shareFrom = (text: string): Share | undefined => {
  const found = /^\s*(\d*)(?:[.,](\d{0,3}))?\s*%?\s*$/.exec(text);
  const [, whole = '', decimals = ''] = found ?? [];
  if (found === null || `${whole}${decimals}` === '') return undefined;
  // Digit by digit: 0.29 times 1,000 is no whole number.
  const share = Number(whole || 0) * ONE + Number(decimals.padEnd(3, '0'));
  return share <= WHOLE ? share : undefined;
};

/** Why what somebody typed is no share; undefined where it is one. */
export const shareFault = (text: string): string | undefined => {
  if (shareFrom(text) !== undefined) return undefined;
  const typed = text.trim().replace(/\s*%$/, '').replace(',', '.');
  if (typed === '') return 'Type a share, such as 25.';
  if (!/^-?(\d+\.?\d*|\.\d+)$/.test(typed)) return `“${text.trim()}” is no share. A share is a number, such as 25 or 12.5.`;
  const value = Number(typed);
  return value < 0 || value > 100 ? 'A share is between 0 and 100.' : 'A share has at most three decimals, such as 33.333.';
};

/** `25`, `0.125`: as it stands in a field. */
export const shareText = (share: Share): string => String(percentageOf(share));

/** What is left for the other. */
export const restOf = (share: Share): Share => WHOLE - share;

/** Where on the bar a pointer is, from 0 to 1, in whole per cent. */
export const shareAt = (place: number): Share => Math.round(Math.min(1, Math.max(0, place)) * 100) * ONE;

const bounded = (share: Share): Share => Math.min(WHOLE, Math.max(0, share));

/** What a key does to the slider: Arrow moves by 1, with Shift by 10, as Page does; Home and End go to the ends. */
export const stepped = (share: Share, key: string, hasShift: boolean): Share | undefined => {
  const arrow = hasShift ? TEN : ONE;
  switch (key) {
    case 'ArrowRight':
    case 'ArrowUp':
      return bounded(share + arrow);
    case 'ArrowLeft':
    case 'ArrowDown':
      return bounded(share - arrow);
    case 'PageUp':
      return bounded(share + TEN);
    case 'PageDown':
      return bounded(share - TEN);
    case 'Home':
      return 0;
    case 'End':
      return WHOLE;
    default:
      return undefined;
  }
};

/** The next of the quick steps: what a rollout goes to from where it is. */
export const nextStep = (share: Share): Share => QUICK_STEPS.find((step) => step > share) ?? WHOLE;
