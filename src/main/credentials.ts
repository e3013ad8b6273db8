import { copyFile, readFile } from 'node:fs/promises';
import { openAccount, type Account, type Control } from '../control/index.ts';
import { replaceFile } from '../files/index.ts';

/** Stands for what a damaged file held: no token has this value, so it is nobody's. */
const UNREADABLE = '';

/**
 * The account, with the operator's token from the credentials file. A file that was deleted is a wish for another token, and the
 * old one ends. One that is damaged is a misfortune: a copy is kept, the operator gets one more token, and every token that
 * somebody else has learnt from it goes on working.
 */
export const openCredentials = async (
  control: Pick<Control, 'store' | 'ids' | 'clock'>,
  file: string,
  log: (event: string, detail: Readonly<Record<string, unknown>>) => void,
): Promise<{ readonly account: Account; readonly write: (controlUrl: string) => Promise<void> }> => {
  const known = await tokenIn(file);
  const { account, operatorToken } = await openAccount(control, known);
  if (known !== undefined && known !== operatorToken) {
    const copy = `${file}.damaged`;
    // A copy: were the file gone for a moment and this process killed in it, the next start would take it for deleted.
    await copyFile(file, copy);
    log(
      'The credentials file was damaged or held a token that is not the operator’s. It has a new token now, and the one before works on; to end that, delete the file and restart.',
      { file, copy },
    );
  }
  const content = (controlUrl: string) => ({ api_token: operatorToken, account_id: account.id, control_url: controlUrl });
  return { account, write: (controlUrl) => replaceFile(file, `${JSON.stringify(content(controlUrl), null, 2)}\n`) };
};

const tokenIn = async (file: string): Promise<string | undefined> => {
  try {
    const { api_token: token } = JSON.parse(await readFile(file, 'utf8')) as { readonly api_token?: unknown };
    return typeof token === 'string' ? token : UNREADABLE;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? undefined : UNREADABLE;
  }
};
