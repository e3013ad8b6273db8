/**
 * Runs within a network of its own, where 198.51.100.0/24 leads to this machine without being one of its addresses: to a
 * Worker, and to the edge that guards it, the internet. Serves that internet, with names and redirects that lead inside,
 * lets a Worker try them, and prints what came of it as JSON.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { aCertificate, pem } from '../support/certificates.ts';
import { send } from '../support/send.ts';
import { startServer } from '../support/server.ts';
import { aNameServer } from './name-server.ts';
import { type Attempt, PRISONER } from './prisoner.ts';
import { deploy, edgePort } from './seen.ts';

export type Came = 'stays' | 'closed';

/** An attempt, and what the Worker told of it. */
interface Tried {
  readonly attempt: Attempt;
  readonly outcome: string | undefined;
}

export interface Found {
  readonly reached: readonly Tried[];
  readonly refused: readonly Tried[];
  /** How often something inside was called. */
  readonly callers: number;
  /** Whose certificate a server was shown: by a binding to one, and without. */
  readonly presented: readonly string[];
  readonly crowd: readonly Came[];
  readonly neighbour: Came;
  readonly local: readonly Came[];
  readonly later: Came;
}

const OUTSIDE = '198.51.100.1';
const OUTSIDE_PORT = 8_080;
const CANARY_PORT = 8_081;
const GUARDED = { host: '198.51.100.2', port: 8_443 };

/** `10-0-0-1.leads.test` has the address in its name; `turns.test` is outside at the first question and inside at every other. */
const addressOf = (name: string, asked: number): string | undefined => {
  if (name === 'turns.test') return asked === 0 ? OUTSIDE : '127.0.0.1';
  return /^(\d+-\d+-\d+-\d+)\.leads\.test$/.exec(name)?.[1]?.replaceAll('-', '.');
};

const names = await aNameServer(addressOf);

const outside = createServer((request, response) => {
  const to = new URL(request.url ?? '', 'http://outside').searchParams.get('to');
  if (to === null) response.end('outside');
  else response.writeHead(302, { location: to }).end();
});
await once(outside.listen(OUTSIDE_PORT, OUTSIDE), 'listening');

const guarded = createTlsServer(
  { key: pem('server.key'), cert: pem('server.pem'), ca: [pem('ec.pem')], requestCert: true },
  // A server of TLS has sockets of TLS.
  (request, response) => response.end(String((request.socket as TLSSocket).getPeerCertificate().subject.CN)),
);
await once(guarded.listen(GUARDED), 'listening');

/** Says what that server answers to each of its two ways out. */
const CLIENT = `const asked = (by) => by.fetch('https://${GUARDED.host}:${GUARDED.port}/').then((answer) => answer.text(), (error) => 'refused: ' + error);
  export default { fetch: async (_, env) => Response.json([await asked(env.BANK), await asked({ fetch: (url) => fetch(url) })]) };`;

const redirectTo = (url: string): string => `http://${OUTSIDE}:${OUTSIDE_PORT}/?to=${encodeURIComponent(url)}`;
const fetched = (url: string): Attempt => ({ by: 'fetch', target: url });
const redirected = (url: string): Attempt => fetched(redirectTo(url));

let callers = 0;
const canary = createServer((_, response) => {
  callers += 1;
  response.end('escaped');
});
await once(canary.listen(CANARY_PORT, '127.0.0.1'), 'listening');

const server = await startServer({ args: ['--host', '0.0.0.0', '--connections-per-address', '5'] });
try {
  const host = await deploy(server, 'prisoner', PRISONER, { compatibility_flags: ['nodejs_compat', 'global_fetch_strictly_public'] });
  const ports = [
    CANARY_PORT,
    edgePort(server),
    Number(new URL(server.started.control_url ?? '').port),
    Number(new URL(server.started.edge_admin_url ?? '').port),
  ];
  const tried = async (attempts: readonly Attempt[]): Promise<readonly Tried[]> => {
    const outcomes = await send({
      url: `http://127.0.0.1:${edgePort(server)}`,
      method: 'POST',
      headers: { host },
      body: Buffer.from(JSON.stringify(attempts)),
    });
    return attempts.map((attempt, at) => ({ attempt, outcome: (JSON.parse(outcomes.body.toString()) as readonly string[])[at] })); // Our own Worker's.
  };

  const reached = await tried([
    fetched(`http://${OUTSIDE}:${OUTSIDE_PORT}/`),
    fetched(`http://198-51-100-1.leads.test:${OUTSIDE_PORT}/`),
    fetched(`http://turns.test:${OUTSIDE_PORT}/`),
    redirected(`http://198-51-100-1.leads.test:${OUTSIDE_PORT}/`),
    { by: 'connect', target: `${OUTSIDE}:${OUTSIDE_PORT}` },
  ]);
  const inside = ['127.0.0.1', 'localhost', '[::1]', '0.0.0.0', '10.0.0.1', '169.254.169.254', '192.168.1.1', '2130706433'];
  const named = ['127-0-0-1', '10-0-0-1', '192-168-0-1', '169-254-169-254', '0-0-0-0', '100-64-0-1', '198-18-0-1'].map(
    (each) => `${each}.leads.test`,
  );
  const refused = await tried([
    ...inside.flatMap((to) => ports.map((port) => redirected(`http://${to}:${port}/`))),
    ...named.flatMap((name) => [fetched(`http://${name}:${CANARY_PORT}/`), redirected(`http://${name}:${CANARY_PORT}/`)]),
    ...named.map((name): Attempt => ({ by: 'connect', target: `${name}:${CANARY_PORT}` })),
    fetched(`http://turns.test:${CANARY_PORT}/`),
    redirected('file:///etc/passwd'),
    redirected(redirectTo(redirectTo(`http://127.0.0.1:${CANARY_PORT}/`))),
  ]);

  const { id: certificate_id } = (await server.api('POST', 'mtls_certificates', aCertificate('ec'))) as { readonly id: string };
  const bindings = [{ type: 'mtls_certificate', name: 'BANK', certificate_id }];
  const client = await deploy(server, 'client', CLIENT, { bindings });
  const presented = JSON.parse((await server.visit(client)).text) as readonly string[]; // Our own Worker's.

  const visitors: Socket[] = [];
  /** A visitor who comes and, if let in, stays. */
  const come = async (localAddress: string): Promise<Came> => {
    const socket = connect({ port: edgePort(server), host: '127.0.0.1', localAddress }).on('error', () => socket.destroy());
    visitors.push(socket);
    socket.write(`GET /head HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    await Promise.race([once(socket, 'data'), once(socket, 'close')]).catch(() => undefined);
    return socket.bytesRead > 0 ? 'stays' : 'closed';
  };
  const leave = (): void => visitors.splice(0).forEach((socket) => socket.destroy());
  const crowd: Came[] = [];
  for (let count = 0; count < 8; count += 1) crowd.push(await come('198.51.100.7'));
  const neighbour = await come('198.51.100.8');
  leave();
  const local = await Promise.all(Array.from({ length: 20 }, () => come('127.0.0.1')));
  leave();
  // The edge learns of those who left a moment later.
  let later: Came = 'closed';
  for (let tries = 0; tries < 200 && later === 'closed'; tries += 1) later = await come('198.51.100.7');
  leave();
  const found: Found = { reached, refused, callers, presented, crowd, neighbour, local, later };
  console.log(JSON.stringify(found));
} finally {
  await server[Symbol.asyncDispose]();
  names.close();
  outside.close();
  guarded.close();
  canary.close();
}
