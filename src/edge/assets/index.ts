export { AssetDesk, type AssetDeskOptions } from './asset-desk.ts';
export { AssetFiles } from './asset-files.ts';
export { AssetIndexes } from './asset-indexes.ts';
export { AssetSocket } from './asset-socket.ts';
