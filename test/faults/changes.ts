import type { ControlPlaneAsked } from '../support/control-here.ts';
import { aSplit } from '../support/api.ts';
import { aWorker, MODULE, saying } from '../support/worker-form.ts';

/** What the changes are made to. */
export interface Present {
  readonly zone: string;
  /** Versions of `hello`, oldest first; the first serves. */
  readonly versions: readonly string[];
}

/** A kind of change: one call of the API. */
export interface Kind {
  readonly title: string;
  readonly make: (control: Pick<ControlPlaneAsked, 'call'>, present: Present) => Promise<{ readonly status: number }>;
  /** A client that got no answer makes the very same upload again and gets the same version. */
  readonly isUpload?: true;
  /** How it is answered when it is made again although its answer came. */
  readonly statusAgain?: number;
}

/** A Worker whose exports are these Durable Object classes. */
const withClasses = (classes: readonly string[], migrations: object, bound: string) =>
  aWorker({
    code: `${classes.map((name) => `export class ${name} {}\n`).join('')}${saying('rooms')}`,
    metadata: { migrations, bindings: [{ type: 'durable_object_namespace', name: 'ROOMS', class_name: bound }] },
  });

const NEXT_MIGRATION = {
  old_tag: 'v1',
  new_tag: 'v2',
  steps: [{ deleted_classes: ['Old'] }, { renamed_classes: [{ from: 'Room', to: 'Hall' }], new_sqlite_classes: ['Log'] }],
};

export const KINDS: readonly Kind[] = [
  {
    title: 'the first upload of a Worker',
    isUpload: true,
    make: (control) => control.call('PUT', 'workers/scripts/new', aWorker({ modules: { 'other.js': [saying('other'), MODULE] } })),
  },
  {
    title: 'an upload that deploys',
    isUpload: true,
    make: (control) => control.call('PUT', 'workers/scripts/hello', aWorker({ code: saying('deployed') })),
  },
  {
    title: 'an upload with a migration of Durable Object classes',
    isUpload: true,
    // Its tag is the current one by then.
    statusAgain: 412,
    make: (control) => control.call('PUT', 'workers/scripts/rooms', withClasses(['Hall', 'Log'], NEXT_MIGRATION, 'Hall')),
  },
  {
    title: 'an upload of a version with an alias',
    isUpload: true,
    make: (control) =>
      control.call(
        'POST',
        'workers/scripts/hello/versions',
        aWorker({ code: saying('version'), metadata: { annotations: { 'workers/alias': 'staging' } } }),
      ),
  },
  {
    title: 'a deployment',
    make: (control, { versions: [a = '', b = ''] }) =>
      control.call('POST', 'workers/scripts/hello/deployments', aSplit({ [a]: 90, [b]: 10 })),
  },
  {
    title: 'a secret change',
    make: (control) => control.call('PUT', 'workers/scripts/hello/secrets', { name: 'KEY', text: 'hush', type: 'secret_text' }),
  },
  {
    title: 'a new route',
    make: (control, { zone }) => control.call('POST', `/zones/${zone}/workers/routes`, { pattern: 'example.com/new/*', script: 'hello' }),
  },
  {
    title: 'a replacement of routes',
    make: (control) => control.call('PUT', 'workers/scripts/aged/routes', [{ pattern: 'example.com/a/*' }, { pattern: 'example.com/b/*' }]),
  },
  { title: 'the deletion of a Worker', make: (control) => control.call('DELETE', 'workers/scripts/aged') },
  {
    title: 'the deletion of a version',
    make: (control, { versions }) => control.call('DELETE', `workers/workers/hello/versions/${versions.at(-1) ?? ''}`),
  },
];

/** What there is before each change: two Workers, three versions of the first, and hosts that lead to the second; a third with objects. */
export const prepare = async (control: Pick<ControlPlaneAsked, 'call'>): Promise<Present> => {
  const made = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const { status, result } = await control.call(method, path, body);
    if (status !== 200) throw new Error(`${method} ${path} answered ${status}`);
    return result;
  };
  await made('PUT', 'workers/scripts/hello', aWorker());
  for (const code of ['two', 'three']) await made('POST', 'workers/scripts/hello/versions', aWorker({ code: saying(code) }));
  const first = { new_tag: 'v1', steps: [{ new_sqlite_classes: ['Room'], new_classes: ['Old'] }] };
  await made('PUT', 'workers/scripts/rooms', withClasses(['Room', 'Old'], first, 'Room'));
  await made('PUT', 'workers/scripts/aged', aWorker({ code: saying('aged') }));
  await made('PUT', 'workers/scripts/aged/schedules', [{ cron: '* * * * *' }]);
  const { id: zone } = (await made('POST', '/zones', { name: 'example.com' })) as { readonly id: string };
  await made('POST', `/zones/${zone}/workers/routes`, { pattern: 'example.com/aged/*', script: 'aged' });
  await made('PUT', 'workers/domains', { hostname: 'aged.example.com', service: 'aged', zone_id: zone });
  const { items } = (await made('GET', 'workers/scripts/hello/versions')) as { readonly items: readonly { readonly id: string }[] };
  return { zone, versions: items.map(({ id }) => id).toReversed() };
};
