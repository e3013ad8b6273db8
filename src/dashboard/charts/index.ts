export { stepsBeyond, type ChartData, type Line, type Mark } from './chart-data.ts';
export { LazyChart as Chart } from './lazy-chart.tsx';
export { shareBetween } from './scale.ts';
