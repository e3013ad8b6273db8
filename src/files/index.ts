export { removeUnfinished, replaceFile, setAside, syncFolder } from './atomic.ts';
export { DataDirectoryInUse, lockFolder } from './folder-lock.ts';
export { areFailpointsArmed, armFailpoint, failpoint } from './failpoint.ts';
export { DigestMismatch, ModuleStore } from './module-store.ts';
export { KeysDamaged, openVault, SealBroken, Vault } from './seal.ts';
export { WorldFault, worldFault } from './world-fault.ts';
