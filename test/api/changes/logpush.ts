import type { TestApi } from '../../support/api.ts';
import type { Rows } from './row.ts';

const aJob = (api: TestApi, name: string) => ({
  name,
  dataset: 'workers_trace_events',
  destination_conf: `file://${api.api.apiSettings.destinations.fileRoot}/${name}`,
});

export const changesOfLogpush: Rows<'createLogpushJob' | 'putLogpushJob' | 'deleteLogpushJob'> = {
  createLogpushJob: (api, name) => ({
    done: [{}, { json: aJob(api, name) }],
    refused: [{}, { json: { ...aJob(api, name), dataset: 'http_requests' } }],
  }),
  putLogpushJob: async (api, name) => {
    const { id } = await api.ok('createLogpushJob', {}, { json: aJob(api, name) });
    return {
      done: [{ job_id: String(id) }, { json: { enabled: true } }],
      refused: [{ job_id: String(id) }, { json: { filter: 'none' } }],
    };
  },
  deleteLogpushJob: async (api, name) => {
    const { id } = await api.ok('createLogpushJob', {}, { json: aJob(api, name) });
    return { done: [{ job_id: String(id) }], refused: [{ job_id: '999' }] };
  },
};
