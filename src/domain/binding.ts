/**
 * What a Worker finds in its `env`. The shapes are Cloudflare's upload metadata
 * (https://developers.cloudflare.com/workers/configuration/multipart-upload-metadata/), `name` and `type` always.
 */
export type Binding = PlainBinding | SecretBinding;

export type PlainBinding =
  | { readonly type: 'plain_text'; readonly name: string; readonly text: string }
  | { readonly type: 'json'; readonly name: string; readonly json: unknown }
  | { readonly type: 'version_metadata'; readonly name: string }
  | { readonly type: 'wasm_module' | 'text_blob' | 'data_blob'; readonly name: string; readonly part: string };

/** A secret as the rules see it: its value sealed, and a keyed fingerprint that tells whether two secrets are equal. */
export interface SecretBinding {
  readonly type: 'secret_text';
  readonly name: string;
  readonly sealed: string;
  readonly fingerprint: string;
}

/** A secret opened for the process that runs the version; never stored and never answered. */
export interface OpenSecretBinding {
  readonly type: 'secret_text';
  readonly name: string;
  readonly text: string;
}

/** What a client asks for: a binding, a secret in clear, or "as in the version before". */
export type RequestedBinding =
  | PlainBinding
  | OpenSecretBinding
  | { readonly type: 'inherit'; readonly name: string; readonly old_name?: string; readonly version_id?: string }
  | { readonly type: 'secret_text'; readonly name: string };

export const isSecret = (binding: Binding): binding is SecretBinding => binding.type === 'secret_text';
