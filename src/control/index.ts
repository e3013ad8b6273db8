export { openAccount, readAccount, type Account } from './account.ts';
export { assetClaims, keepUploadedAssets, openAssetSession, type AssetClaims } from './asset-session.ts';
export { AwaitedAnswers } from './awaited-answers.ts';
export { factsOf, uploadCertificate, type CertificateFacts } from './certificates.ts';
export { collectModules } from './collect.ts';
export type { Actor, Control, ControlSettings, TrialResult } from './control.ts';
export { deleteDeployment, deploy } from './deploy.ts';
export { differing, type Differing } from './differing.ts';
export { deleteDomain, putDomains, type RequestedDomain } from './domains.ts';
export { isAsExpected, NO_VERSION, schedulesTag, tagOf, type Expectation } from './expectations.ts';
export { EdgeFeed, type EdgeStatus } from './edge-feed.ts';
export { Lanes } from './lanes.ts';
export { changeLogpush, createLogpush, deleteLogpush, destinationOf, logpushWords } from './logpush.ts';
export { LogpushLink } from './logpush-link.ts';
export { pairingOf } from './compared.ts';
export {
  callersOf,
  errorPairings,
  idsIn,
  isFound,
  listedWorkers,
  lookedBack,
  secretsChangedWith,
  workerHeads,
  workerPast,
  type ErrorPairing,
  type ListedWorker,
  type WorkerHead,
  type WorkerPast,
} from './overview.ts';
export { preflightOf, type AskSchemas, type PreflightReport } from './preflight.ts';
export { Publisher } from './publisher.ts';
export { calleesOf } from './services.ts';
export { addConsumer, changeConsumer, removeConsumer, type WantedConsumer } from './queue-consumers.ts';
export { changeQueue, deleteQueue, settingsOfQueue } from './queues.ts';
export { rollBackRenewed } from './roll-back-renewed.ts';
export { rollbackTargets, type RollbackTarget } from './rollback-targets.ts';
export { changeResource, checkResources, createResource, deleteResource, type NewResource } from './resources.ts';
export { revise, type Revised, type Revision } from './revise.ts';
export { deleteRoute, putRoute, replaceRoutes, type RequestedRoute } from './routes.ts';
export { replaceSchedules } from './schedules.ts';
export { changeSecrets, changeSecretsOfNewest, secretsOf, type SecretChanges } from './secrets.ts';
export { storedSpec } from './specs.ts';
export {
  createSignInCode,
  csrfTokenOf,
  expiryOf,
  isStillSignedIn,
  SESSION_MS,
  sessionOf,
  signIn,
  signOut,
  type SignedIn,
} from './sessions.ts';
export { SignInTries } from './sign-in-tries.ts';
export { setSubdomain } from './subdomain.ts';
export { authorOf, createToken, revokeToken, tokenHash } from './tokens.ts';
export { consumerTag, domainsTag, domainTag, routeTag } from './trigger-tags.ts';
export { recordTrips } from './trips.ts';
export { answered, inheritableOf, sealed, upload, type Upload, type Uploaded } from './upload.ts';
export { producersOfQueues, referencesTo, usersOf, usesOfObjects, type References } from './uses.ts';
export { wholeIdOf } from './versions.ts';
export { MOST_VERSION_URLS } from './worker-facts.ts';
export { changeWorker, createWorker, deleteVersion, deleteWorker } from './workers.ts';
export { addZone, deleteZone } from './zones.ts';
