/** EX_CONFIG of sysexits.h: starting again would fail the same way, so the launcher does not. */
export const EXIT_BAD_CONFIGURATION = 78;

/**
 * What no restart can mend and the operator must: a port in use, a data directory that another server holds, a lost key.
 * The message is printed as it is: a sentence with its remedy.
 */
export class BadConfiguration extends Error {
  override readonly name = 'BadConfiguration';
}
