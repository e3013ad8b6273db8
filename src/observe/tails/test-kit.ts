import type { InvocationRecord } from '../record.ts';

/** A record of a request that was answered. */
export const aRecord = (more: Partial<InvocationRecord> = {}): InvocationRecord => ({
  id: '9a1f0c2b3d4e5f60',
  at: 1_795_000_000_000,
  script: 'hello',
  version: { id: '0b3d2bd6-71a5-4b5c-8b8e-6f3e3f1f0c11', tag: 'v1', message: 'the first' },
  kind: 'fetch',
  outcome: 'ok',
  status: 200,
  wallMs: 12.4,
  cpuMs: 1.2,
  clientIp: '203.0.113.7',
  event: {
    request: { url: 'https://hello.example.com/path', method: 'GET', headers: { host: 'hello.example.com', 'x-color': 'Blue' }, cf: {} },
    response: { status: 200 },
  },
  logs: [{ message: ['hello', { from: 'the Worker' }], level: 'log', timestamp: 1_795_000_000_001 }],
  exceptions: [],
  isSampled: true,
  ...more,
});
