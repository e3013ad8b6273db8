import { request as httpRequest } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import { text } from 'node:stream/consumers';

/** How many answers said what; what is not a 200 counts under its status. */
export type Counts = ReadonlyMap<string, number>;

/**
 * Sends requests one after the other, as the curl loop of the documentation does. The name is not resolved: few programs know
 * `*.localhost`, so they go to the edge's own address with the Worker's in the Host header.
 */
export const countAnswers = async (workerUrl: string, edgeUrl: string, requests: number): Promise<Counts> => {
  const counts = new Map<string, number>();
  for (let sent = 0; sent < requests; sent += 1) {
    const answer = await ask(new URL(workerUrl), new URL(edgeUrl));
    counts.set(answer, (counts.get(answer) ?? 0) + 1);
  }
  return counts;
};

// Whether the certificate is one a browser trusts is not what the demo is about; it talks to its own machine.
const agent = new Agent({ rejectUnauthorized: false });

const ask = async (worker: URL, edge: URL): Promise<string> => {
  const target = { host: edge.hostname, port: edge.port, path: '/', headers: { host: worker.host } };
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const request = edge.protocol === 'https:' ? httpsRequest({ ...target, agent, servername: worker.hostname }) : httpRequest(target);
  request.on('error', reject).end();
  request.on('response', (response) => {
    text(response).then((body) => resolve(response.statusCode === 200 ? body : `status ${response.statusCode}`), reject);
  });
  return promise;
};
