import { buffer } from 'node:stream/consumers';
import type { DataClient, R2Object } from '../../src/data/index.ts';

export interface Asked {
  readonly metadata: Readonly<Record<string, unknown>> & Partial<R2Object>;
  readonly bytes: Buffer;
  readonly fault: { readonly v4code: number; readonly message: string } | undefined;
}

const READS = new Set(['get', 'head', 'list']);

/** For tests: what a binding would send, and what came back. */
export const askR2 = async (
  client: DataClient,
  bucket: string,
  request: Readonly<Record<string, unknown>>,
  value: Uint8Array | string = '',
): Promise<Asked> => {
  const json = Buffer.from(JSON.stringify({ version: 1, ...request }));
  const resource = { kind: 'r2_bucket', id: bucket, name: bucket } as const;
  const answer = READS.has(String(request['method']))
    ? await client.ask(resource, { method: 'GET', path: '/', headers: { 'cf-r2-request': json.toString('latin1') } })
    : await client.ask(resource, {
        method: 'PUT',
        path: '/',
        headers: { 'cf-r2-metadata-size': String(json.length) },
        body: Buffer.concat([json, Buffer.from(value)]),
      });
  const all = await buffer(answer.body);
  const size = Number(answer.headers['cf-r2-metadata-size'] ?? 0);
  const { 'cf-r2-error': error } = answer.headers;
  // What the server under test wrote.
  return {
    metadata: size === 0 ? {} : (JSON.parse(all.subarray(0, size).toString()) as Asked['metadata']),
    bytes: all.subarray(size),
    fault: error === undefined ? undefined : (JSON.parse(String(error)) as NonNullable<Asked['fault']>),
  };
};
