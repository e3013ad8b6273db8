export { DataDirectoryInUse, openSqlite, type Database } from './database.ts';
export { Store, type Change, type Commit, type Queries, type Touched } from './store.ts';
export type { AuditEntry } from './audit.ts';
export type { StoredDeployment } from './deployments.ts';
export type { CustomDomain, Route, Zone } from './hosts.ts';
export type { Schedule } from './schedules.ts';
export type { Token } from './tokens.ts';
export type { UploadReceipt } from './versions.ts';
export type { Worker, WorkerSettings } from './workers.ts';
