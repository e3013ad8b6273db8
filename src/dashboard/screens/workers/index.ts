export { Workers } from './workers.tsx';
