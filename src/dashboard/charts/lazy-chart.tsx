import { late } from '../parts/index.ts';
import type { ChartProps } from './chart.tsx';

/** The height of a chart: of its plot, of what stands above and of what stands below. */
const CHART_ROOM = 190;

/** A chart. What draws it comes behind the page, into the room that is kept for it. */
export const LazyChart = late<ChartProps>(async () => (await import('./chart.tsx')).Chart, {
  what: 'The chart did not load.',
  bones: <div style={{ height: CHART_ROOM }} aria-hidden />,
});
