import { accept, refuse } from '../../base/index.ts';
import { assetClaims, keepUploadedAssets, openAssetSession } from '../../control/index.ts';
import type { assetEndpoints } from '../../contract/index.ts';
import { MOST_ASSET_BYTES } from '../../domain/index.ts';
import type { Handlers } from '../api.ts';
import { bearerOf, refusalOf } from '../door.ts';
import { readAssetForm } from '../form/index.ts';

export const assets: Handlers<typeof assetEndpoints> = {
  createAssetSession: async (api, { params, body, token }) => {
    const opened = await openAssetSession(api, { script: params.script_name, tokenId: token.id, wanted: body.manifest });
    return opened.ok ? accept({ result: opened.value }) : opened;
  },
  uploadAssets: async (api, { query, body, headers }) => {
    const claims = assetClaims(api, bearerOf(headers) ?? '', 'upload');
    if (!claims.ok) return claims;
    const files = await readAssetForm(body, query.base64 === 'true', (source) => api.modules.put(source));
    if (!files.ok) return refuse(refusalOf(files.refusal, MOST_ASSET_BYTES));
    const kept = await keepUploadedAssets(api, claims.value, files.value);
    if (!kept.ok) return kept;
    const { jwt } = kept.value;
    return accept({ result: jwt === undefined ? {} : { jwt }, status: jwt === undefined ? 202 : 201 });
  },
};
