export { replaceFile, syncFolder } from './atomic.ts';
export { DigestMismatch, ModuleStore } from './module-store.ts';
export { openVault, SealBroken, Vault } from './seal.ts';
