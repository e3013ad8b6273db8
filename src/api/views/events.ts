import type { EdgeStatus } from '../../control/index.ts';
import type { AuditEntry } from '../../store/index.ts';

export const edgeStatusView = ({ id, url, generation: served, connected }: EdgeStatus, generation: number) => ({
  id,
  url,
  generation: served,
  connected,
  pending: connected && served < generation,
});

export const changeEventView = ({ id, at, action, target, actor, detail }: AuditEntry, generation: number) => ({
  id,
  at,
  action,
  target,
  worker: workerOf(target, detail),
  actor,
  source: textOf(detail['source']),
  generation,
});

/** A route or a custom domain is its Worker's too. */
const workerOf = (target: string, detail: AuditEntry['detail']): string | null =>
  target.startsWith('worker/') ? target.slice('worker/'.length) : textOf(detail['script']);

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);
