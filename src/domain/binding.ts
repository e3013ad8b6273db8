/**
 * What a Worker finds in its `env`. The shapes are Cloudflare's upload metadata
 * (https://developers.cloudflare.com/workers/configuration/multipart-upload-metadata/), `name` and `type` always.
 */
export type Binding = PlainBinding | ResourceBinding | DurableObjectBinding | SecretBinding;

export type PlainBinding =
  | { readonly type: 'plain_text'; readonly name: string; readonly text: string }
  | { readonly type: 'json'; readonly name: string; readonly json: unknown }
  | { readonly type: 'version_metadata'; readonly name: string }
  /** `env.ASSETS`: the version's own assets. */
  | { readonly type: 'assets'; readonly name: string }
  | { readonly type: 'wasm_module' | 'text_blob' | 'data_blob'; readonly name: string; readonly part: string }
  | ServiceBinding
  | RateLimitBinding;

/** Reaches another Worker, or this one: its default export, or the entrypoint that is named. */
export interface ServiceBinding {
  readonly type: 'service';
  readonly name: string;
  readonly service: string;
  /** Given back as it came: every Worker has one environment. */
  readonly environment?: string | undefined;
  readonly entrypoint?: string | undefined;
  /** What the entrypoint finds in `ctx.props`: an object. */
  readonly props?: Readonly<Record<string, unknown>> | undefined;
}

/** Counts calls by key. Whoever names the same namespace, whichever Worker or version, counts together. */
export interface RateLimitBinding {
  readonly type: 'ratelimit';
  readonly name: string;
  readonly namespace_id: string;
  /** So many calls of one key in 10 or 60 seconds. */
  readonly simple: { readonly limit: number; readonly period: 10 | 60; readonly mitigation_timeout?: 0 | undefined };
}

/** Names a resource whose content lives outside of every version. */
export type ResourceBinding =
  | { readonly type: 'kv_namespace'; readonly name: string; readonly namespace_id: string }
  | { readonly type: 'd1'; readonly name: string; readonly id: string }
  | { readonly type: 'r2_bucket'; readonly name: string; readonly bucket_name: string; readonly jurisdiction?: string | undefined }
  | { readonly type: 'queue'; readonly name: string; readonly queue_name: string; readonly delivery_delay?: number | undefined }
  | CertificateBinding;

/** Fetches and shows a client certificate to servers that ask for one. */
export interface CertificateBinding {
  readonly type: 'mtls_certificate';
  readonly name: string;
  readonly certificate_id: string;
}

/** A binding whose content is behind a socket of the data process. */
export type DataBinding = Exclude<ResourceBinding, CertificateBinding>;

export type DatabaseBinding = Extract<ResourceBinding, { readonly type: 'd1' }>;

/** Reaches the objects of a class, of this Worker or of the one that `script_name` names. */
export interface DurableObjectBinding {
  readonly type: 'durable_object_namespace';
  readonly name: string;
  readonly class_name: string;
  readonly script_name?: string | undefined;
  readonly environment?: string | undefined;
  /** The namespace that the class had when the version was made; absent only in what a client asks for. */
  readonly namespace_id?: string | undefined;
}

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

/** A certificate with its key opened, as a secret is; without both where it was deleted since. */
export interface OpenCertificateBinding extends CertificateBinding {
  readonly keypair?: Keypair | undefined;
}

/** In PEM: the key, and the certificates from the one it belongs to upwards. */
export interface Keypair {
  readonly privateKey: string;
  readonly certificates: string;
}

/** A binding as the process that runs the version gets it. */
export type OpenBinding = PlainBinding | DataBinding | OpenCertificateBinding | DurableObjectBinding | OpenSecretBinding;

/** What a client asks for: a binding, a secret in clear, or "as in the version before". */
export type RequestedBinding =
  | PlainBinding
  | ResourceBinding
  | DurableObjectBinding
  | OpenSecretBinding
  | { readonly type: 'inherit'; readonly name: string; readonly old_name?: string; readonly version_id?: string }
  | { readonly type: 'secret_text'; readonly name: string };

export const isSecret = (binding: Binding): binding is SecretBinding => binding.type === 'secret_text';
