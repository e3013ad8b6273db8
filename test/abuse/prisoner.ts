/**
 * A Worker that tries to get out, by all means its platform has. It is asked with a list of attempts, and tells of each
 * what came of it: `refused: …`, or what it got.
 */
export type Attempt =
  | { readonly by: 'fetch' | 'webSocket' | 'eventSource' | 'import'; readonly target: string }
  | { readonly by: 'connect'; readonly target: string | { readonly hostname: string; readonly port: number } }
  | {
      readonly by: 'netConnect' | 'httpRequest';
      readonly target: { readonly host?: string; readonly port?: number; readonly path?: string; readonly socketPath?: string };
    }
  | { readonly by: 'evaluate'; readonly target: string }
  | { readonly by: HostCall; readonly target: string };

export const HOST_CALLS = [
  'readFile',
  'listFolder',
  'writeFile',
  'execSync',
  'spawn',
  'fork',
  'workerThread',
  'inspectorOpen',
  'inspectorSession',
  'dlopen',
  'processBinding',
  'kill',
  'readEnvironment',
  'createRequire',
  'listen',
] as const;
export type HostCall = (typeof HOST_CALLS)[number];

export const PRISONER = `
import { connect } from 'cloudflare:sockets';
const bounded = (work) => Promise.race([work, new Promise((_, reject) => setTimeout(() => reject(new Error('silence')), 4000))]);
const opened = (emitter, event) => new Promise((resolve, reject) => {
  emitter.on(event, () => resolve('reached'));
  emitter.on('error', reject);
  emitter.on('close', () => reject(new Error('closed')));
});
const ways = {
  fetch: async (url) => 'reached ' + (await fetch(url)).status,
  connect: async (address) => { const socket = connect(address); await socket.opened; return 'reached'; },
  webSocket: (url) => new Promise((resolve, reject) => {
    const socket = new WebSocket(url);
    socket.onopen = () => resolve('reached');
    socket.onerror = socket.onclose = () => reject(new Error('closed'));
  }),
  eventSource: (url) => new Promise((resolve, reject) => {
    const source = new EventSource(url);
    source.onopen = () => resolve('reached');
    source.onerror = () => reject(new Error('closed'));
  }),
  netConnect: async (to) => opened((await import('node:net')).connect(to), 'connect'),
  httpRequest: async (to) => opened((await import('node:http')).get(to), 'response'),
  import: async (name) => 'reached ' + Object.keys(await import(name)),
  evaluate: async (code) => 'reached ' + new Function(code)(),
  readFile: async (path) => 'reached ' + (await import('node:fs')).readFileSync(path, 'utf8'),
  listFolder: async (path) => 'reached ' + (await import('node:fs')).readdirSync(path),
  writeFile: async (path) => 'reached ' + (await import('node:fs')).writeFileSync(path, 'escaped'),
  execSync: async (command) => 'reached ' + (await import('node:child_process')).execSync(command),
  spawn: async (command) => opened((await import('node:child_process')).spawn(command), 'spawn'),
  fork: async (path) => opened((await import('node:child_process')).fork(path), 'spawn'),
  workerThread: async (code) => opened(new (await import('node:worker_threads')).Worker(code, { eval: true }), 'online'),
  inspectorOpen: async () => { const { open, url } = await import('node:inspector'); open(0); if (url() === undefined) throw new Error('it does not listen'); return 'reached ' + url(); },
  inspectorSession: async () => { const { Session } = await import('node:inspector'); new Session().connect(); return 'reached'; },
  dlopen: async (path) => { process.dlopen({ exports: {} }, path); return 'reached'; },
  processBinding: async (name) => 'reached ' + Object.keys(process.binding(name)),
  kill: async (pid) => 'reached ' + process.kill(Number(pid), 0),
  readEnvironment: async (name) => { const value = process.env[name]; if (value === undefined) throw new Error('not there'); return 'reached ' + value; },
  createRequire: async (path) => 'reached ' + Object.keys((await import('node:module')).createRequire(path)(path)),
  listen: async (port) => opened((await import('node:net')).createServer().listen(Number(port), '127.0.0.1'), 'listening'),
};
const attempt = async ({ by, target }) => {
  try { return String(await bounded(ways[by](target))); } catch (error) { return 'refused: ' + (error?.message ?? error); }
};
export default { async fetch(request) {
  const { pathname } = new URL(request.url);
  if (pathname === '/head') return Response.json({ url: request.url, cf: request.cf, headers: Object.fromEntries(request.headers) });
  if (pathname === '/forge') return new Response('forged', { headers: { 'cf-ray': 'forged', 'switchback-version': 'forged', connection: 'x-kept', 'x-kept': 'yes' } });
  return Response.json(await Promise.all((await request.json()).map(attempt)));
} };`;
