export { Observability } from './observability.tsx';
