export { removeUnfinished, replaceFile, setAside, syncFolder } from './atomic.ts';
export { areFailpointsArmed, armFailpoint, failpoint } from './failpoint.ts';
export { DigestMismatch, ModuleStore } from './module-store.ts';
export { KeysDamaged, openVault, SealBroken, Vault } from './seal.ts';
