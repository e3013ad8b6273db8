import { writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { CF_BLOB_HEADER, SCHEME_HEADER } from '../../src/runtime/index.ts';
import type { Program } from '../debian.ts';
import { newFolder } from '../scratch.ts';
import { freePort, startPeer, type Peer, type Sockets } from './peer.ts';

/** One worker process, since our edge is one; with `split_clients` as its manual has it. */
export const startNginx = async (program: Program, sockets: Sockets, host: string): Promise<Peer> => {
  const folder = newFolder('nginx');
  const port = await freePort();
  writeFileSync(join(folder, 'nginx.conf'), configuration(port, sockets));
  const args = ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', 'stderr'];
  return startPeer({ name: 'nginx', program, args, port, host });
};

const configuration = (port: number, [one, two]: Sockets): string => `
${process.getuid?.() === 0 ? `user ${userInfo().username};` : '# As whoever measures.'}
daemon off;
worker_processes 1;
pid nginx.pid;
error_log stderr error;
events { worker_connections 1024; }
http {
  access_log off;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  # The standard closes a connection after 1,000 requests, which our edge never does.
  keepalive_requests 1000000000;
  split_clients $request_id $version {
    50% one;
    *   two;
  }
${upstream('one', one)}${upstream('two', two)}  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://$version;
      proxy_http_version 1.1;
      # What our edge tells the Worker, so that workerd has the same to read.
      proxy_set_header Connection "";
      proxy_set_header Host $http_host;
      proxy_set_header CF-Connecting-IP $remote_addr;
      proxy_set_header X-Real-IP $remote_addr;
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_set_header CF-Ray $request_id;
      proxy_set_header CF-Visitor '{"scheme":"http"}';
      proxy_set_header ${CF_BLOB_HEADER} '{"colo":"SB","httpProtocol":"HTTP/1.1"}';
      proxy_set_header ${SCHEME_HEADER} $scheme;
      add_header CF-Ray $request_id;
    }
  }
}
`;

const upstream = (name: string, socket: string): string => `  upstream ${name} {
    server unix:${socket};
    keepalive 64;
    keepalive_requests 1000000000;
  }
`;
