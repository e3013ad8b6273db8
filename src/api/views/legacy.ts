import { hyphenated, type LegacyEntry, type Version } from '../../domain/index.ts';
import { versionView } from './version.ts';

/** Old clients know four triggers and print "Unknown" for the rest. */
const LEGACY_TRIGGERS: Readonly<Record<string, string>> = { secret: 'secret', rollback: 'rollback', promotion: 'promotion' };

export const legacyEntryView = ({ id, number, deployment }: LegacyEntry) => ({
  id: hyphenated(id),
  number,
  metadata: {
    created_on: deployment.createdOn,
    modified_on: deployment.createdOn,
    source: deployment.source,
    author_id: deployment.author.id,
    author_email: deployment.author.email,
  },
  annotations: {
    'workers/triggered_by': deployment.rollbackFrom === undefined ? (LEGACY_TRIGGERS[deployment.triggeredBy] ?? 'upload') : 'rollback',
    ...(deployment.rollbackFrom === undefined ? {} : { 'workers/rollback_from': deployment.rollbackFrom }),
    ...(deployment.message === undefined ? {} : { 'workers/message': deployment.message }),
  },
});

export const legacyDetailView = (entry: LegacyEntry, version: Version) => ({
  ...legacyEntryView(entry),
  resources: versionView(version).resources,
});
