export { Create } from './create.tsx';
