import { dayAndClock } from './time.ts';

interface Named {
  readonly version_id: string;
  readonly number: number | null;
}

const TIME = /(\bat )?(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)/g;

/** A text of the API as one reads it: versions by their numbers, times as everywhere else. Its words stay. */
export const readable = (text: string, versions: readonly Named[], now = new Date()): string =>
  versions
    .reduce((told, { version_id: id, number }) => (number === null ? told : told.replaceAll(id, `v${number}`)), text)
    .replaceAll(TIME, (_, before: string | undefined, time: string) => {
      const when = dayAndClock(new Date(time), now);
      return before === undefined || when.startsWith('today') ? when : `on ${when}`;
    });

const REFUSED = /^The version v\d+ cannot be deployed, because (.)/;
/** What has a name is known by it. */
const ID = /(?<=") \([0-9a-f]{32}\)/g;
const UNCHANGED = / Nothing was changed\.$/;

/** Why something would be refused, behind the word `Blocked`: that says the beginning, and nothing was tried yet. */
export const reasonOf = (text: string, versions: readonly Named[], now?: Date): string =>
  readable(text, versions, now)
    .replace(REFUSED, (_, first: string) => first.toUpperCase())
    .replaceAll(ID, '')
    .replace(UNCHANGED, '');
