import type { Look, StoryKind } from '../../../domain/index.ts';

/** The geometry of "What served when": bands of share over time, the newest version on the floor. Pixels from the left and from the floor. */

export interface Moment {
  readonly id: string;
  readonly at: string;
  readonly until: string | null;
  readonly story: { readonly kind: StoryKind; readonly other: { readonly number: number | null } | null };
  readonly versions: readonly {
    readonly version_id: string;
    readonly number: number | null;
    readonly percentage: number;
    readonly look: Look;
  }[];
}

export const SPANS = ['24h', '5d', '30d', 'all'] as const;
export type Span = (typeof SPANS)[number];

/** `time` is honest; `change` gives each deployment the same width, so that four minutes of a disaster are seen. */
export type Scale = 'time' | 'change';

export interface Window {
  readonly from: number;
  readonly to: number;
}

export interface Band {
  readonly versionId: string;
  readonly number: number | null;
  readonly look: Look;
  /** Of its lower edge above the floor. */
  readonly y: number;
  readonly height: number;
  /** There is room for its name. */
  readonly isNamed: boolean;
}

/** What one deployment takes of the picture. */
export interface Column<M extends Moment = Moment> {
  readonly of: M;
  readonly x: number;
  readonly width: number;
  readonly bands: readonly Band[];
  /** A line of the page's colour at its left edge; not where it would leave nothing of what is beside it. */
  readonly isCut: boolean;
  /** It began within the window, so that it has a mark. */
  readonly isMarked: boolean;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const DAYS: Readonly<Record<Exclude<Span, 'all'>, number>> = { '24h': 1, '5d': 5, '30d': 30 };

/** Of what has not served for a day, all of it; days would show it as a line at their end. `first`: when the first deployment was made. */
export const usualSpan = (first: number, now: Date): Span => (now.getTime() - first < DAY_MS ? 'all' : '5d');

/** A day back from now, whole days of whoever looks, of which today is the last, or since the first deployment. */
export const windowOf = (span: Span, now: Date, first = 0): Window => {
  if (span === 'all') return { from: Math.min(first, now.getTime() - MINUTE_MS), to: now.getTime() };
  if (span === '24h') return { from: now.getTime() - DAY_MS, to: now.getTime() };
  return { from: new Date(now.getFullYear(), now.getMonth(), now.getDate() - DAYS[span] + 1).getTime(), to: now.getTime() };
};

/** `deployments`: newest first, as the API tells them. The columns are the other way round, as time goes. */
export const columnsIn = <M extends Moment>(
  deployments: readonly M[],
  window: Window,
  scale: Scale,
  { width, height }: Size,
): readonly Column<M>[] => {
  const shown = deployments.filter((each) => began(each) < window.to && ended(each, window) > window.from).toReversed();
  const xOf = (ms: number): number => ((Math.min(Math.max(ms, window.from), window.to) - window.from) / (window.to - window.from)) * width;
  const edges =
    scale === 'time' ? [...shown.map((each) => xOf(began(each))), width] : shown.map((_, at) => (at * width) / shown.length).concat(width);
  const widths = shown.map((_, at) => (edges[at + 1] ?? width) - (edges[at] ?? 0));
  return shown.map((of, at) => ({
    of,
    x: edges[at] ?? 0,
    width: widths[at] ?? 0,
    bands: bandsOf(of, widths[at] ?? 0, height),
    isCut: at > 0 && isSeen(widths[at]) && isSeen(widths[at - 1]),
    isMarked: began(of) >= window.from,
  }));
};

const began = ({ at }: Moment): number => Date.parse(at);
const ended = ({ until }: Moment, window: Window): number => (until === null ? window.to : Date.parse(until));

const LEAST_CUT = 3;
const isSeen = (width = 0): boolean => width >= LEAST_CUT;

/** A share of 0.1 % is seen too. */
const LEAST_BAND = 2;
const NAME = { width: 28, height: 16, character: 7.5, padding: 8 } as const;

const bandsOf = ({ versions }: Moment, width: number, height: number): readonly Band[] => {
  const shares = versions.filter(({ percentage }) => percentage > 0).toSorted((a, b) => (b.number ?? 0) - (a.number ?? 0));
  const least = shares.map(({ percentage }) => Math.max(LEAST_BAND, (percentage / 100) * height));
  // What a small share was given more than its own is taken from the largest.
  const over = least.reduce((sum, each) => sum + each, 0) - height;
  const largest = least.indexOf(Math.max(...least));
  const heights = least.map((each, at) => (at === largest ? each - over : each));
  return shares.map(({ version_id: versionId, number, look }, at) => ({
    versionId,
    number,
    look,
    y: heights.slice(0, at).reduce((sum, each) => sum + each, 0),
    height: heights[at] ?? 0,
    isNamed: number !== null && (heights[at] ?? 0) >= NAME.height && width >= nameWidth(number),
  }));
};

const nameWidth = (number: number): number => Math.max(NAME.width, NAME.padding + NAME.character * `v${number}`.length);

export interface Mark<M extends Moment = Moment> {
  readonly of: M;
  readonly x: number;
  readonly shape: 'ring' | 'dot' | 'hook';
  /** Of a rollback: what it left, where there is room on that side. */
  readonly words: { readonly text: string; readonly side: 'left' | 'right' } | undefined;
}

const SHAPES: Readonly<Record<StoryKind, Mark['shape']>> = {
  started: 'ring',
  deployed: 'ring',
  rolled_back: 'hook',
  raised: 'dot',
  lowered: 'dot',
  changed_secret: 'dot',
  changed_settings: 'dot',
  repeated: 'dot',
};

const WORDS_ROOM = 110;
/** Between the words and the mark beside them. */
const MARK_ROOM = 14;

/** The lane beneath: where something began, was ramped, was rolled back. */
export const marksOf = <M extends Moment>(columns: readonly Column<M>[], width: number): readonly Mark<M>[] => {
  const marked = columns.filter(({ isMarked }) => isMarked);
  return marked.map(({ of, x }, at): Mark<M> => {
    const shape = SHAPES[of.story.kind];
    const toRight = (marked[at + 1]?.x ?? width + MARK_ROOM) - x - MARK_ROOM;
    const toLeft = x - (marked[at - 1]?.x ?? -MARK_ROOM) - MARK_ROOM;
    const side = toRight >= WORDS_ROOM ? 'right' : toLeft >= WORDS_ROOM ? 'left' : undefined;
    const number = of.story.other?.number;
    const words: Mark['words'] =
      shape === 'hook' && side !== undefined && number != null ? { text: `v${number} rolled back`, side } : undefined;
    return { of, x, shape, words };
  });
};

/** Of the past versions every other one, by number: two of them that stand beside each other differ. */
export const everyOtherPast = (deployments: readonly Pick<Moment, 'versions'>[]): ReadonlySet<string> => {
  const past = new Map(
    deployments.flatMap(({ versions }) =>
      versions.filter(({ look }) => look === 'past').map(({ version_id: id, number }) => [id, number ?? 0] as const),
    ),
  );
  return new Set([...past].toSorted(([, a], [, b]) => a - b).flatMap(([id], at) => (at % 2 === 1 ? [id] : [])));
};
