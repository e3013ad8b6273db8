import { accept, refuse, type Result } from '../base/index.ts';
import type { RequestedBinding } from './binding.ts';
import { classExports, type GivenExports } from './given-exports.ts';
import { moduleKindFrom, moduleNameFrom } from './module-name.ts';
import type { Migration } from './migrations.ts';
import type { Refusal } from './refusal.ts';
import type { Limits, Module, Syntax, UsageModel } from './version.ts';

/** The parts of an upload, their bytes already stored under their digest. */
export interface UploadedFile {
  readonly filename: string;
  readonly contentType: string;
  readonly digest: string;
  readonly size: number;
}

/** The members of Cloudflare's upload metadata that we read; the contract checked their types. */
export interface UploadMetadata {
  readonly main_module?: string | undefined;
  readonly body_part?: string | undefined;
  readonly bindings?: readonly RequestedBinding[] | undefined;
  readonly keep_bindings?: readonly string[] | undefined;
  readonly compatibility_date?: string | undefined;
  readonly compatibility_flags?: readonly string[] | undefined;
  readonly usage_model?: UsageModel | undefined;
  readonly limits?: Limits | undefined;
  readonly placement?: Readonly<Record<string, unknown>> | undefined;
  /** `jwt` stands for the files of a finished upload session. */
  readonly assets?: { readonly jwt?: string | undefined; readonly config?: Readonly<Record<string, unknown>> | undefined } | undefined;
  /** The files are those of the version before. */
  readonly keep_assets?: boolean | undefined;
  readonly migrations?: Migration | undefined;
  readonly exports?: GivenExports | undefined;
}

/** Where it was uploaded: the script itself, which deploys at once, or its versions, which deploys nothing. */
export type UploadPath = 'script' | 'versions';

export interface UploadedCode {
  readonly syntax: Syntax;
  readonly mainModule: string;
  readonly modules: readonly Module[];
}

/** Members that would change what a version does and that this release cannot do yet: refused by name, never dropped. */
const UNSUPPORTED = ['tail_consumers', 'streaming_tail_consumers', 'containers', 'env'] as const;

/** Members kept with the version and given back, though nothing here acts on them. */
const KEPT = ['cache_options', 'package_dependencies', 'capnp_schema', 'code_update_strategy'] as const;

export const unsupportedMember = (metadata: Readonly<Record<string, unknown>>): string | undefined =>
  UNSUPPORTED.find((member) => !isEmpty(metadata[member]));

/** Members that belong to an upload: a call that changes a part of what runs does not take them. */
const WITH_UPLOADS = ['assets', 'keep_assets', 'migrations', 'exports'] as const;

/** Whether a call that changes a part of what runs may have all of its members. */
export const checkPart = (metadata: Readonly<Record<string, unknown>>): Result<null, Refusal> => {
  const unsupported = unsupportedMember(metadata);
  if (unsupported !== undefined) return refuse({ code: 'metadata_unsupported', member: unsupported });
  const elsewhere = WITH_UPLOADS.find((member) => !isEmpty(metadata[member]));
  return elsewhere === undefined ? accept(null) : refuse({ code: 'metadata_elsewhere', member: elsewhere });
};

/** What of a migration there is to apply. */
export const migrationIn = ({ migrations }: Pick<UploadMetadata, 'migrations'>): Migration | undefined =>
  isEmpty(migrations) ? undefined : migrations;

/** The exports of an upload, where some of them are Durable Object classes; entrypoints need nothing done for them. */
export const classesDeclaredIn = ({ exports }: Pick<UploadMetadata, 'exports'>): GivenExports | undefined =>
  exports !== undefined && classExports(exports).size > 0 ? exports : undefined;

const isEmpty = (value: unknown): boolean =>
  value === undefined || value === null || value === false || (typeof value === 'object' && Object.keys(value).length === 0);

export const keptMembers = (metadata: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(KEPT.flatMap((member) => (metadata[member] === undefined ? [] : [[member, metadata[member]]])));

/** The modules of an upload and its entry, or why they are none. */
export const uploadedCode = (metadata: UploadMetadata, files: readonly UploadedFile[], path: UploadPath): Result<UploadedCode, Refusal> => {
  const entry = metadata.main_module ?? metadata.body_part;
  const hasAssets = metadata.assets !== undefined || metadata.keep_assets === true;
  if (entry === undefined && hasAssets && files.length === 0) return accept({ syntax: 'modules', mainModule: '', modules: [] });
  if (entry === undefined || entry === '') return refuse({ code: 'main_module_missing' });
  const syntax: Syntax = metadata.main_module === undefined ? 'service-worker' : 'modules';
  if (syntax === 'service-worker' && path === 'versions') return refuse({ code: 'service_worker_version' });
  const main = moduleNameFrom(entry);
  if (!main.ok) return refuse({ code: 'module_name_invalid', name: entry, reason: main.refusal.reason });
  const modules: Module[] = [];
  for (const file of files) {
    const module = moduleFrom(file);
    if (!module.ok) return module;
    if (modules.some(({ name }) => name === module.value.name)) return refuse({ code: 'module_twice', name: module.value.name });
    modules.push(module.value);
  }
  const mainModule = modules.find(({ name }) => name === main.value);
  if (mainModule === undefined) {
    return refuse({ code: 'main_module_not_uploaded', name: main.value, uploaded: modules.map(({ name }) => name) });
  }
  if (syntax === 'service-worker') {
    const second = modules.find(({ name, kind }) => name !== main.value && (kind === 'esm' || kind === 'commonjs'));
    if (second !== undefined) return refuse({ code: 'service_worker_parts', name: second.name });
  }
  return accept({ syntax, mainModule: main.value, modules });
};

const moduleFrom = (file: UploadedFile): Result<Module, Refusal> => {
  const name = moduleNameFrom(file.filename);
  if (!name.ok) return refuse({ code: 'module_name_invalid', name: file.filename, reason: name.refusal.reason });
  const kind = moduleKindFrom(file.contentType, name.value);
  if (!kind.ok) {
    return kind.refusal.reason === 'python'
      ? refuse({ code: 'python_unsupported', name: name.value })
      : refuse({ code: 'module_type_unknown', name: name.value, contentType: file.contentType });
  }
  return accept({ name: name.value, kind: kind.value, contentType: file.contentType, digest: file.digest, size: file.size });
};

/** A calendar date; whether the runtime knows it is the trial's business. */
export const isCompatibilityDate = (date: string): boolean => {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(date) ? Date.parse(`${date}T00:00:00Z`) : Number.NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(date);
};
