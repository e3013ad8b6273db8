import type { PreflightReport } from '../../control/index.ts';
import { needsForce, type Blocker, type Differences, type Pair } from '../../domain/index.ts';
import { spoken } from '../refusals.ts';
import { warned } from '../warning-words.ts';

export const preflightView = ({ active, shares, versions, blockers, warnings, comparisons }: PreflightReport) => ({
  allowed: blockers.length === 0,
  needs_force: warnings.some(needsForce),
  active_deployment: active?.id ?? null,
  versions: shares.map(({ version_id, percentage }) => ({ version_id, number: versions.get(version_id)?.number ?? null, percentage })),
  blockers: blockers.map(blockerView),
  warnings: warnings.map((warning) => ({ ...warned(warning), version_id: warning.versionId, needs_force: needsForce(warning) })),
  differences: comparisons.map(comparisonView),
});

const blockerView = (blocker: Blocker) => {
  const { code, message } = spoken(blocker);
  return { code, message, version_id: 'versionId' in blocker ? blocker.versionId : null, bindings: lostIn(blocker) };
};

const lostIn = (blocker: Blocker): readonly string[] => {
  if (blocker.code === 'version_resources_missing') return blocker.lost.map(({ binding }) => binding.name);
  return blocker.code === 'version_services_missing' ? blocker.bindings.map(({ name }) => name) : [];
};

const comparisonView = ({ versionId, comparedTo, differences }: PreflightReport['comparisons'][number]) => ({
  version_id: versionId,
  compared_to: comparedTo,
  bindings: differences.bindings,
  secrets: differences.secrets,
  modules: differences.modules,
  code_size: differences.codeSize,
  assets: assetsView(differences),
  classes: differences.classes,
  compatibility_date: differences.compatibilityDate === undefined ? null : nullable(differences.compatibilityDate),
  compatibility_flags: differences.compatibilityFlags,
  limits: differences.limits ?? null,
  placement: differences.placement === undefined ? null : nullable(differences.placement),
});

/** A version may have 100,000 files. */
const MOST_PATHS = 100;

const assetsView = ({ assets, assetCount, assetSettings }: Differences) => ({
  files: assetCount,
  differing: assets.added.length + assets.removed.length + assets.changed.length,
  added: assets.added.slice(0, MOST_PATHS),
  removed: assets.removed.slice(0, MOST_PATHS),
  changed: assets.changed.slice(0, MOST_PATHS),
  settings: assetSettings,
});

const nullable = <Value>({ before, after }: Pair<Value | undefined>) => ({ before: before ?? null, after: after ?? null });
