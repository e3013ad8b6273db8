import type { Differing } from '../../control/index.ts';
import {
  isResourceBinding,
  isSecret,
  refOf,
  replacedPaths,
  type Asset,
  type Binding,
  type Module,
  type NameDifferences,
  type Resource,
  type Version,
} from '../../domain/index.ts';
import { bindingView } from './version.ts';

const MOST_FILES = 500;

export const TEXT_KINDS: ReadonlySet<string> = new Set(['esm', 'commonjs', 'text', 'json', 'sourcemap']);

export const moduleView = ({ kind, size, digest }: Module) => ({ type: kind, size, digest, is_text: TEXT_KINDS.has(kind) });

/** All that differs between two versions but who made them and when. */
export const differencesView = ({ version, baseline, differences, files, resources }: Differing) => ({
  bindings: bindingsView(baseline, version, differences.bindings, differences.secrets, resources),
  compatibility_date: nullable(differences.compatibilityDate),
  compatibility_flags: differences.compatibilityFlags,
  usage_model: pairIfChanged(baseline.usageModel, version.usageModel),
  limits: differences.limits ?? null,
  placement: nullable(differences.placement),
  main_module: pairIfChanged(baseline.mainModule, version.mainModule),
  classes: differences.classes,
  modules: {
    bytes: differences.codeSize,
    ...differingOf(differences.modules, by(baseline.modules), by(version.modules), moduleView),
  },
  assets: {
    ...assetsView(differences.assets, files),
    same: sameFiles(differences.assetCount.after, differences.assets),
    settings: settingsView(baseline, version, differences.assetSettings),
  },
});

const by = <Item extends { readonly name: string }>(items: readonly Item[]): ReadonlyMap<string, Item> =>
  new Map(items.map((item) => [item.name, item]));

/** What differs, in the order of the names, with both sides; and how many are the same. */
const differingOf = <Item, View>(
  names: NameDifferences,
  before: ReadonlyMap<string, Item>,
  after: ReadonlyMap<string, Item>,
  view: (item: Item) => View,
) => {
  const viewOf = (item: Item | undefined): View | null => (item === undefined ? null : view(item));
  const differing = (['added', 'removed', 'changed'] as const).flatMap((change) =>
    names[change].map((name) => ({
      name,
      change,
      before: change === 'added' ? null : viewOf(before.get(name)),
      after: change === 'removed' ? null : viewOf(after.get(name)),
    })),
  );
  return {
    same: after.size - names.added.length - names.changed.length,
    differing: differing.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  };
};

/** A secret may take the place of a variable of its name: that is one change of one binding. */
const bindingsView = (
  baseline: Version,
  version: Version,
  plain: NameDifferences,
  secrets: NameDifferences,
  resources: readonly Resource[],
) => {
  const added = new Set([...plain.added, ...secrets.added]);
  const removed = new Set([...plain.removed, ...secrets.removed]);
  const turned = [...added].filter((name) => removed.has(name));
  const names = {
    added: [...added].filter((name) => !removed.has(name)),
    removed: [...removed].filter((name) => !added.has(name)),
    changed: [...plain.changed, ...secrets.changed, ...turned],
  };
  return differingOf(names, by(baseline.bindings), by(version.bindings), (binding) => boundView(binding, resources));
};

const boundView = (binding: Binding, resources: readonly Resource[]) => {
  const shown = isSecret(binding) ? { name: binding.name, type: binding.type } : binding;
  if (!isResourceBinding(binding)) return { binding: shown, resource: null };
  const { kind, by: named, key } = refOf(binding);
  const resource = resources.find((each) => each.kind === kind && each[named] === key);
  return { binding: bindingView(binding), resource: { id: resource?.id ?? key, name: resource?.name ?? null } };
};

const sizes = (files: readonly Asset[]): ReadonlyMap<string, number> => new Map(files.map(({ path, size }) => [path, size]));

const assetsView = ({ added, removed, changed }: NameDifferences, files: Differing['files']) => {
  const [before, after] = [sizes(files.before), sizes(files.after)];
  const replaced = replacedPaths(added, removed);
  const gone = new Set(replaced.values());
  const rows = [
    ...added.map((path) => ({ path, change: replaced.has(path) ? ('replaced' as const) : ('added' as const) })),
    ...changed.map((path) => ({ path, change: 'changed' as const })),
    ...removed.filter((path) => !gone.has(path)).map((path) => ({ path, change: 'removed' as const })),
  ].toSorted((a, b) => (a.path < b.path ? -1 : 1));
  return {
    differing: rows.length,
    files: rows.slice(0, MOST_FILES).map(({ path, change }) => ({
      path,
      change,
      size_before: before.get(replaced.get(path) ?? path) ?? null,
      size: after.get(path) ?? null,
      replaces: replaced.get(path) ?? null,
    })),
  };
};

const sameFiles = (count: number, { added, changed }: NameDifferences): number => count - added.length - changed.length;

const settings = ({ assets }: Version): ReadonlyMap<string, unknown> => new Map(Object.entries(assets?.config ?? {}));

const settingsView = (baseline: Version, version: Version, names: NameDifferences) => {
  return differingOf(names, settings(baseline), settings(version), (value) => value).differing;
};

const pairIfChanged = <Value>(before: Value, after: Value) => (before === after ? null : { before, after });

const nullable = <Value>(pair: { readonly before: Value | undefined; readonly after: Value | undefined } | undefined) =>
  pair === undefined ? null : { before: pair.before ?? null, after: pair.after ?? null };
