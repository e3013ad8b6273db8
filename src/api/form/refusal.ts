import type { ModuleNameFault } from '../../domain/index.ts';

/** Why an upload was not read. Nothing of it counts; what was stored before the refusal is unreferenced and collected later. */
export type FormRefusal =
  | { readonly code: 'missing_body' }
  | { readonly code: 'unsupported_media_type'; readonly contentType: string }
  | { readonly code: 'missing_boundary' }
  | { readonly code: 'malformed_multipart'; readonly detail: string }
  | { readonly code: 'too_many_parts'; readonly limit: number }
  | { readonly code: 'upload_too_large'; readonly limit: number }
  | { readonly code: 'metadata_too_large'; readonly limit: number }
  | { readonly code: 'metadata_not_json'; readonly field: DocumentName; readonly detail: string }
  | { readonly code: 'part_name_invalid'; readonly name: string; readonly reason: ModuleNameFault }
  | { readonly code: 'version_with_migration' };

/** The parts that are read as JSON: `settings` stands in for `metadata` when settings are patched. */
export type DocumentName = 'metadata' | 'settings';

export interface FormLimits {
  /** Bytes of the whole body. */
  readonly totalBytes: number;
  /** Parts of any kind; the SDK sends each scalar of the metadata as a part of its own. */
  readonly parts: number;
  /** Bytes of all text fields together: only these are held in memory. */
  readonly metadataBytes: number;
  /** Bytes of UTF-8 of a part's name or filename. */
  readonly partNameBytes: number;
}

/** Carries a refusal out of the streams it was found in; readUploadForm turns it back into a value. */
export class FormRefused extends Error {
  override readonly name = 'FormRefused';
  readonly refusal: FormRefusal;
  constructor(refusal: FormRefusal) {
    super(refusal.code);
    this.refusal = refusal;
  }
}

export const malformed = (detail: string): FormRefused => new FormRefused({ code: 'malformed_multipart', detail });

const SHOWN = 100;

/** A name that is too long to accept is too long to repeat. */
export const invalidName = (name: string, reason: ModuleNameFault): FormRefused =>
  new FormRefused({ code: 'part_name_invalid', name: name.length > SHOWN ? `${name.slice(0, SHOWN)}…` : name, reason });
