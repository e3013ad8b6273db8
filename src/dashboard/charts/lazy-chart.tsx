import { lazy, Suspense } from 'react';
import type { ChartProps } from './chart.tsx';

/** The height of a chart: of its plot, of what stands above and of what stands below. */
const CHART_ROOM = 190;

const Drawn = lazy(async () => ({ default: (await import('./chart.tsx')).Chart }));

/** A chart. What draws it comes behind the page, into the room that is kept for it. */
export const LazyChart = (props: ChartProps) => (
  <Suspense fallback={<div style={{ height: CHART_ROOM }} aria-hidden />}>
    <Drawn {...props} />
  </Suspense>
);
