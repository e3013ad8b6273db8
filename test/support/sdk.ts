import { createRequire } from 'node:module';
import type { Connection } from './environment.ts';

/** Calls a method of the official SDK by its path, such as `workers.scripts.update`. Lists are answered whole. */
export type Sdk = (method: string, ...args: readonly unknown[]) => Promise<unknown>;

/** The SDK is installed with the clients, so its own types are out of the compiler's sight. */
type Member = { readonly [name: string]: Member | undefined } & ((...args: readonly unknown[]) => Promise<unknown>);
type Package = {
  readonly default: new (options: { apiToken: string; baseURL: string; maxRetries: number; fetch?: typeof fetch }) => Member;
  toFile(data: Buffer, name: string, options: { type: string }): Promise<unknown>;
};

const cloudflare = createRequire(new URL('../clients/package.json', import.meta.url))('cloudflare') as Package;

/** The `cloudflare` package with only its base URL changed. */
export function sdkFor({ baseUrl, token }: Pick<Connection, 'baseUrl' | 'token'>, own?: { readonly fetch: typeof fetch }): Sdk {
  const client = new cloudflare.default({ apiToken: token, baseURL: baseUrl, maxRetries: 0, ...own });
  return (method, ...args) => {
    const names = method.split('.');
    const name = names.pop() ?? '';
    const resource = names.reduce<Member | undefined>((member, inner) => member?.[inner], client);
    const call = resource?.[name];
    if (call === undefined) throw new Error(`The SDK has no ${method}.`);
    return call.call(resource, ...args);
  };
}

export const fileFor = (content: string, name: string, type: string): Promise<unknown> =>
  cloudflare.toFile(Buffer.from(content), name, { type });

/** Goes through a list's pages to the end, as a program does that wants all of it. */
export async function allOf(list: Promise<unknown>): Promise<readonly unknown[]> {
  const items: unknown[] = [];
  for await (const item of (await list) as AsyncIterable<unknown>) items.push(item); // What `list` methods answer.
  return items;
}
