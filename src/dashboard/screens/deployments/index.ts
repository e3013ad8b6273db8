export { Deployments } from './deployments.tsx';
export { OneDeployment } from './one-deployment.tsx';
