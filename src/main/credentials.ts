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
  const found = await contentOf(file);
  const known = found === undefined ? undefined : tokenIn(found);
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
  const write = async (controlUrl: string): Promise<void> => {
    const text = `${JSON.stringify(content(controlUrl), null, 2)}\n`;
    // A start that changes nothing needs no room on the disk.
    if (text !== found) await replaceFile(file, text);
  };
  return { account, write };
};

const contentOf = (file: string): Promise<string | undefined> =>
  readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? undefined : UNREADABLE));

const tokenIn = (text: string): string => {
  try {
    const { api_token: token } = JSON.parse(text) as { readonly api_token?: unknown };
    return typeof token === 'string' ? token : UNREADABLE;
  } catch {
    return UNREADABLE;
  }
};
