import type { Past } from './past.ts';
import { OUT_OF_ORDER } from './receiver.ts';
import { AIKO, DAY, JONAS } from './uploads.ts';

const dataset = 'workers_trace_events';
const key = 'access-key-id=fernhill&secret-access-key=kept-by-jonas';

/** Where the shop sends what its Workers do: one job goes well, one is refused since lately, and one is off. */
export const logpush = (past: Past, receiver: string): void => {
  const create = (job: object) => () => past.call(JONAS, 'POST', 'logpush/jobs', { dataset, enabled: true, ...job });
  past.at(
    20 * DAY,
    create({
      name: 'Everything to the warehouse',
      destination_conf: `s3://worker-logs/fernhill/{DATE}?region=eu-central-1&${key}&endpoint=${receiver}`,
    }),
  );
  past.at(
    19 * DAY,
    create({
      name: 'Failed image sizes to the pager',
      destination_conf: `${receiver}${OUT_OF_ORDER}images?header_Authorization=${encodeURIComponent('Bearer kept-by-aiko')}`,
      output_options: { field_names: ['EventTimestampMs', 'ScriptName', 'ScriptVersion', 'Outcome', 'Exceptions'] },
      filter: JSON.stringify({ where: { key: 'ScriptName', operator: 'eq', value: 'image-resize' } }),
    }),
  );
  let search: { readonly id?: number } = {};
  past.at(18 * DAY, async () => {
    search = (await create({
      name: 'A tenth for the search team',
      destination_conf: `s3://search-lab/workers?region=eu-central-1&${key}&endpoint=${receiver}`,
      output_options: { sample_rate: 0.1, field_names: ['EventTimestampMs', 'Event', 'WallTimeMs'] },
    })()) as typeof search;
  });
  past.at(4 * DAY, () => past.call(AIKO, 'PUT', `logpush/jobs/${search.id}`, { enabled: false }));
};
