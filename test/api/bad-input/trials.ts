import { saying } from '../../support/worker-form.ts';
import { code, type BadInput } from './world.ts';

export const badCode: readonly BadInput[] = [
  {
    what: 'a script that throws at start',
    send: code(`function boot() {\n  throw new TypeError('no config');\n}\nboot();\n${saying('a')}`),
  },
  { what: 'a script that is no JavaScript', send: code('export default { fetch() { return ') },
  { what: 'a script that never ends at start', send: code(`for (;;);\n${saying('a')}`) },
  {
    what: 'a script that takes all memory at start',
    send: code(`const a = []; for (;;) a.push(new Array(10000).fill(1.5));\n${saying('a')}`),
  },
  { what: 'a script that imports what was not uploaded', send: code(`import './nowhere.js';\n${saying('a')}`) },
  { what: 'a script that exports no handler', send: code('export const answer = 42;') },
  { what: 'a script that does nothing', send: code('globalThis.a = 1;') },
  { what: 'a compatibility date that is none', send: code(saying('a'), { compatibility_date: 'yesterday' }) },
  { what: 'a compatibility date that no calendar has', send: code(saying('a'), { compatibility_date: '2026-02-30' }) },
  { what: 'a compatibility date newer than the runtime', send: code(saying('a'), { compatibility_date: '2999-01-01' }) },
  { what: 'an unknown compatibility flag', send: code(saying('a'), { compatibility_flags: ['time_travel'] }) },
  { what: 'an experimental flag', send: code(saying('a'), { compatibility_flags: ['experimental'] }) },
  { what: 'a flag of an experiment', send: code(saying('a'), { compatibility_flags: ['service_binding_extra_handlers'] }) },
  { what: 'the same flag on and off', send: code(saying('a'), { compatibility_flags: ['nodejs_compat', 'no_nodejs_compat'] }) },
];
