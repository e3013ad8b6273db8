export { OneVersion } from './one-version.tsx';
export { Versions } from './versions.tsx';
