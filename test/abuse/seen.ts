import { readFileSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { type Server, startServer } from '../support/server.ts';
import { aWorker } from '../support/worker-form.ts';

/** A request as a Worker saw it. */
export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly host: string;
  readonly body: string;
}

/** Remembers every request, and tells which they were since it was last asked. Its isolate is one process, so nothing is missed. */
const SEER = `let seen = [];
  export default { async fetch(request) {
    const { method, url } = request;
    if (new URL(url).pathname === '/seen') return Response.json(seen.splice(0));
    const entry = { method, url, host: request.headers.get('host'), body: '' };
    seen.push(entry);
    if (url.endsWith('/early')) return new Response('early');
    entry.body = (await request.text()).slice(0, 1000);
    return new Response('ok');
  } };`;

export interface SeenBy {
  readonly server: Server;
  readonly port: number;
  readonly host: string;
  seen(): Promise<readonly Seen[]>;
}

export const deploy = async (
  server: Server,
  name: string,
  code: string,
  metadata: Readonly<Record<string, unknown>> = {},
): Promise<string> => {
  await server.api('PUT', `workers/scripts/${name}`, aWorker({ code, metadata }));
  await server.api('POST', `workers/scripts/${name}/subdomain`, { enabled: true });
  return server.host(name);
};

export const edgePort = (server: Server): number => Number(new URL(server.edgeUrl).port);

export const residentMb = (pid: number): number => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

/** A whole server with a real Worker that remembers what reached it. */
export const aSeer = async (t: Pick<TestContext, 'after'>): Promise<SeenBy> => {
  const server = await startServer();
  t.after(() => server[Symbol.asyncDispose]());
  const host = await deploy(server, 'seer', SEER);
  await server.visit(host);
  const seen = async (): Promise<readonly Seen[]> => JSON.parse((await server.visit(host, '/seen')).text) as readonly Seen[]; // Our own Worker's.
  await seen();
  return { server, port: edgePort(server), host, seen };
};
