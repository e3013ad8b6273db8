import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CF_BLOB_HEADER, SCHEME_HEADER } from '../../src/runtime/index.ts';
import type { Program } from '../debian.ts';
import { newFolder } from '../scratch.ts';
import { freePort, startPeer, type Peer, type Sockets } from './peer.ts';

/** One thread, since our edge is one process; with two servers of equal weight. */
export const startHaproxy = async (program: Program, sockets: Sockets, host: string): Promise<Peer> => {
  const folder = newFolder('haproxy');
  const port = await freePort();
  writeFileSync(join(folder, 'haproxy.cfg'), configuration(port, sockets));
  return startPeer({ name: 'HAProxy', program, args: ['-db', '-f', join(folder, 'haproxy.cfg')], port, host });
};

const configuration = (port: number, [one, two]: Sockets): string => `
global
  nbthread 1
  maxconn 1024
  no log
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
frontend visitors
  bind 127.0.0.1:${port}
  unique-id-format %{+X}o%ts%rt%pid
  # What our edge tells the Worker, so that workerd has the same to read.
  http-request set-header CF-Connecting-IP %[src]
  http-request set-header X-Real-IP %[src]
  http-request set-header X-Forwarded-For %[src]
  http-request set-header X-Forwarded-Proto http
  http-request set-header CF-Ray %[unique-id]
  http-request set-header CF-Visitor '{"scheme":"http"}'
  http-request set-header ${CF_BLOB_HEADER} '{"colo":"SB","httpProtocol":"HTTP/1.1"}'
  http-request set-header ${SCHEME_HEADER} http
  http-response set-header CF-Ray %[unique-id]
  default_backend versions
backend versions
  balance roundrobin
  # Any idle connection serves any visitor, as with our edge.
  http-reuse always
  server one unix@${one} weight 50
  server two unix@${two} weight 50
`;
