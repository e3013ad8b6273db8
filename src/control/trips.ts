import { createHash } from 'node:crypto';
import { accept, refuse } from '../base/index.ts';
import type { EdgeReport } from '../domain/index.ts';
import type { AuditEntry } from '../store/index.ts';
import type { Control } from './control.ts';

type Known = Pick<Control, 'store'>;

/** A version that keeps failing on an edge stands in the audit log, once for each time its breaker trips; the edge is who acted. */
export const recordTrips = async ({ store }: Known, report: EdgeReport): Promise<void> => {
  for (const entry of tripsIn(report)) {
    // An edge repeats itself every few seconds, and tells the same to a control plane that was started anew.
    if (await store.read.audit.has(entry.id)) continue;
    await store.change(
      async (change) => ((await change.audit.has(entry.id)) ? refuse('known') : accept(null)),
      () => entry,
    );
  }
};

const tripsIn = ({ edge, processes }: EdgeReport): readonly AuditEntry[] =>
  processes.flatMap(({ versionId, script, brokenOn, reason, restarts }) =>
    brokenOn === undefined
      ? []
      : [
          {
            id: idOf(edge, versionId, brokenOn),
            at: brokenOn,
            actor: { id: `edge-${edge}`, email: edge },
            action: 'version.trip',
            target: `worker/${script}`,
            detail: { version_id: versionId, reason: reason ?? '', restarts },
          },
        ],
  );

/** The same trip has the same id whoever tells of it, and when. */
const idOf = (...facts: readonly string[]): string =>
  createHash('sha256')
    .update(facts.join('\n'))
    .digest('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
