import { hostname, userInfo } from 'node:os';
import type { Queries } from '../store/index.ts';
import type { Control } from './control.ts';
import { newTokenValue, tokenHash } from './tokens.ts';

/** The one account of a data directory: born at first start, the same for ever. */
export interface Account {
  /** 32 hex digits, as clients expect. */
  readonly id: string;
  readonly name: string;
  readonly createdOn: string;
}

const ACCOUNT_NAME = 'Switchback';
/** wrangler aborts a first deploy where no workers.dev subdomain is registered, so one is from the start. */
const FIRST_SUBDOMAIN = 'switchback';

export const readAccount = async (queries: Queries): Promise<Account | undefined> => {
  const id = await queries.meta.get('account_id');
  return id === undefined
    ? undefined
    : {
        id,
        name: (await queries.meta.get('account_name')) ?? ACCOUNT_NAME,
        createdOn: (await queries.meta.get('account_created_on')) ?? '',
      };
};

/**
 * The account and the operator's token. `known` is what the credentials file holds; where that is not the operator's token there
 * is one more, so that a damaged file locks nobody out. Without a file, which is how an operator asks for another token, the
 * earlier ones are revoked.
 */
export const openAccount = async (
  control: Pick<Control, 'store' | 'ids' | 'clock'>,
  known: string | undefined,
): Promise<{ readonly account: Account; readonly operatorToken: string }> => {
  const existing = await readAccount(control.store.read);
  const account = existing ?? { id: control.ids.hex32(), name: ACCOUNT_NAME, createdOn: control.clock.now().toISOString() };
  if (existing === undefined) {
    await control.store.note(async (queries) => {
      await queries.meta.set('account_id', account.id);
      await queries.meta.set('account_name', account.name);
      await queries.meta.set('account_created_on', account.createdOn);
      await queries.meta.set('subdomain', FIRST_SUBDOMAIN);
    });
  }
  const token = known === undefined ? undefined : await control.store.read.tokens.byHash(tokenHash(known));
  if (known !== undefined && token?.isOperator) return { account, operatorToken: known };
  return { account, operatorToken: await newOperatorToken(control, { revokesOthers: known === undefined }) };
};

const newOperatorToken = async (
  control: Pick<Control, 'store' | 'ids' | 'clock'>,
  { revokesOthers }: { readonly revokesOthers: boolean },
): Promise<string> => {
  const value = newTokenValue();
  const now = control.clock.now().toISOString();
  await control.store.note(async (queries) => {
    const others = revokesOthers ? (await queries.tokens.all()).filter(({ isOperator }) => isOperator) : [];
    for (const { id } of others) await queries.tokens.revoke(id, now);
    const token = { id: control.ids.hex32(), name: 'operator', email: operatorEmail(), isOperator: true, createdOn: now };
    await queries.tokens.insert(token, tokenHash(value));
  });
  return value;
};

const operatorEmail = (): string => `${userInfo().username}@${hostname()}`;
