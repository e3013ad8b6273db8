export {
  faultInAssets,
  MOST_ASSET_BYTES,
  MOST_ASSETS,
  uploadBuckets,
  type Asset,
  type AssetsConfig,
  type VersionAssets,
  type WantedAssets,
} from './manifest.ts';
export { fileFor } from './html-handling.ts';
export { isHashedPath, isPage } from './hashed-path.ts';
export {
  assetAnswer,
  assetIndex,
  decideAsset,
  decodedPath,
  withHeaderRules,
  type AssetAnswer,
  type AssetDecision,
  type AssetIndex,
  type AssetRequest,
} from './routing.ts';
export { replacedPaths } from './replaced.ts';
export { routingFault } from './worker-first.ts';
