import { accept } from '../../base/index.ts';
import { rollbackTargets } from '../../control/index.ts';
import type { historyEndpoints } from '../../contract/index.ts';
import { needsForce } from '../../domain/index.ts';
import type { Handlers } from '../api.ts';
import { spoken } from '../refusals.ts';
import { toldVersionView } from '../views/index.ts';
import { warned } from '../warning-words.ts';
import { schemasOf } from './preflight.ts';
import { workerNamed } from './found.ts';
import { wholeHistory } from './told.ts';

export const listRollbackTargets: Handlers<typeof historyEndpoints>['listRollbackTargets'] = async (api, { params, query }) => {
  const worker = await workerNamed(api, params.name);
  if (!worker.ok) return worker;
  const history = await api.store.snapshot((queries) => wholeHistory(queries, worker.value, api.clock.now().getTime()));
  const from = query.cursor === undefined ? 0 : Number(query.cursor);
  const { targets, total } = await rollbackTargets(api, worker.value, history, { from, limit: query.limit }, schemasOf(api));
  return accept({
    result: targets.map(({ version, isLastWhole, blockers, warnings, secrets }) => ({
      ...toldVersionView(history, version),
      is_last_whole: isLastWhole,
      blockers: blockers.map(blockerView),
      warnings: warnings.map((warning) => Object.assign(warned(warning), { needs_force: needsForce(warning) })),
      secrets_changed: secrets.map(({ name, change, by, on }) => ({ name, change, by: by ?? null, on: on ?? null })),
    })),
    resultInfo: {
      count: targets.length,
      total_count: total,
      ...(from + query.limit < total ? { cursor: String(from + query.limit) } : {}),
    },
  });
};

const blockerView = (blocker: Parameters<typeof spoken>[0]) => {
  const { code, message } = spoken(blocker);
  return { code, message };
};
