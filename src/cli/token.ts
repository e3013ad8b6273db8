import { callApi } from './api-client.ts';
import { Failure } from './failure.ts';
import { findServer, type Credentials } from './server.ts';
import { note, say, sayJson, table } from './terminal.ts';

interface Token {
  readonly id: string;
  readonly name: string;
  readonly email?: string | null;
  readonly created_on?: string;
}

interface Options {
  readonly data?: string;
  readonly json?: boolean;
}

const tokensOf = ({ account_id: account }: Credentials): string => `/client/v4/accounts/${account}/tokens`;

/** Standard output is the token alone, so that a script can take it. It is stored hashed and cannot be shown again. */
export const createToken = async (name: string, { data, json, email }: Options & { email?: string }): Promise<void> => {
  const server = await findServer(data);
  const token = (await callApi(server, 'POST', tokensOf(server), { name, ...(email === undefined ? {} : { email }) })) as Token & {
    readonly value: string;
  };
  if (json) return sayJson(token);
  note(`Token ${token.name}, for ${authorOf(token)}. It is shown only this once:`);
  say(token.value);
};

export const listTokens = async ({ data, json }: Options): Promise<void> => {
  const server = await findServer(data);
  const tokens = (await callApi(server, 'GET', tokensOf(server))) as readonly Token[];
  if (json) return sayJson(tokens);
  say(
    table(
      ['NAME', 'AUTHOR', 'CREATED', 'ID'],
      tokens.map((token) => [token.name, authorOf(token), token.created_on?.slice(0, 10) ?? '', token.id]),
    ),
  );
};

export const revokeToken = async (nameOrId: string, { data, json }: Options): Promise<void> => {
  const server = await findServer(data);
  const tokens = (await callApi(server, 'GET', tokensOf(server))) as readonly Token[];
  const meant = tokens.filter(({ name, id }) => name === nameOrId || id === nameOrId);
  const [token] = meant;
  if (token === undefined) throw new Failure(`There is no token ${nameOrId}; see switchback token list.`);
  if (meant.length > 1) throw new Failure(`Several tokens are named ${nameOrId}: give the id of one, from switchback token list.`);
  await callApi(server, 'DELETE', `${tokensOf(server)}/${token.id}`);
  if (json) return sayJson({ id: token.id });
  say(`Revoked ${token.name}: from now on it is refused.`);
};

/** Whoever deploys with the token appears under this name, so it is never blank. */
const authorOf = ({ email, name }: Token): string => email || name;
