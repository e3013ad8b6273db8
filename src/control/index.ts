export { openAccount, readAccount, type Account } from './account.ts';
export { collectModules } from './collect.ts';
export type { Actor, Control, ControlSettings, TrialResult } from './control.ts';
export { deleteDeployment, deploy } from './deploy.ts';
export { EdgeFeed, type EdgeStatus } from './edge-feed.ts';
export {
  addZone,
  deleteDomain,
  deleteRoute,
  deleteZone,
  putDomains,
  putRoute,
  replaceRoutes,
  setSubdomain,
  type RequestedDomain,
  type RequestedRoute,
} from './hosts.ts';
export { Lanes } from './lanes.ts';
export { Publisher } from './publisher.ts';
export { revise, type Revised, type Revision } from './revise.ts';
export { replaceSchedules } from './schedules.ts';
export { changeSecrets, changeSecretsOfNewest, secretsOf, type SecretChanges } from './secrets.ts';
export { storedSpec } from './specs.ts';
export { authorOf, createToken, revokeToken, tokenHash } from './tokens.ts';
export { answered, sealed, upload, type Upload, type Uploaded } from './upload.ts';
export { changeWorker, createWorker, deleteVersion, deleteWorker } from './workers.ts';
