export { readUploadForm, type ReadOptions, type UploadRequest } from './read-upload-form.ts';
export { type FormFile, type Store, type StoredBytes, type UploadForm } from './upload-form.ts';
export { type DocumentName, type FormLimits, type FormRefusal } from './refusal.ts';
export { readValueForm, type ValueForm } from './value-form.ts';
export { readAssetForm, type AssetPart } from './asset-form.ts';
export { contentBody, type ContentBody } from './content-body.ts';
