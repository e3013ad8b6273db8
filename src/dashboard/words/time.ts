const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const weekday = new Intl.DateTimeFormat('en-GB', { weekday: 'short' });
const date = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const longDay = new Intl.DateTimeFormat('en-GB', { weekday: 'long', day: 'numeric', month: 'long' });
const exact = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'long' });
const exactUtc = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium', timeZone: 'UTC' });

/** `14:36` */
export const clockOf = (at: Date): string => clock.format(at);

/** `now`, `36 min ago`, `3 h ago`; over 48 hours `Thu 17:20`, over a week `18 Nov`. */
export const ago = (at: Date, now: Date): string => {
  const ms = now.getTime() - at.getTime();
  if (ms < MINUTE) return 'now';
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min ago`;
  if (ms < 2 * DAY) return `${Math.floor(ms / HOUR)} h ago`;
  return ms < 7 * DAY ? `${weekday.format(at)} ${clock.format(at)}` : date.format(at);
};

/** `3 h 36 min`, `4 days` */
export const lasted = (ms: number): string => {
  if (ms < MINUTE) return `${Math.max(0, Math.round(ms / SECOND))} s`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min`;
  if (ms < 2 * DAY) {
    const minutes = Math.floor((ms % HOUR) / MINUTE);
    return minutes === 0 ? `${Math.floor(ms / HOUR)} h` : `${Math.floor(ms / HOUR)} h ${minutes} min`;
  }
  return `${Math.floor(ms / DAY)} days`;
};

const dayOf = (at: Date): number => Math.floor((at.getTime() - at.getTimezoneOffset() * MINUTE) / DAY);

/** The heading of a day: `Today`, `Yesterday`, `Wednesday 18 November`. */
export const dayName = (at: Date, now: Date): string => {
  const days = dayOf(now) - dayOf(at);
  if (days === 0) return 'Today';
  return days === 1 ? 'Yesterday' : longDay.format(at);
};

/** `today 07:48`, `Wed 09:40`, `18 Nov` */
export const dayAndClock = (at: Date, now: Date): string => {
  const days = dayOf(now) - dayOf(at);
  if (days === 0) return `today ${clock.format(at)}`;
  return days < 7 ? `${weekday.format(at)} ${clock.format(at)}` : date.format(at);
};

/** Both exact times, as a tooltip has them. */
export const exactly = (at: Date): string => `${exact.format(at)}\n${exactUtc.format(at)} UTC`;

/** `UTC+1` */
export const offsetName = (at: Date): string => {
  const minutes = -at.getTimezoneOffset();
  if (minutes === 0) return 'UTC';
  const hours = Math.abs(minutes) / 60;
  return `UTC${minutes < 0 ? '−' : '+'}${Number.isInteger(hours) ? hours : `${Math.floor(hours)}:${String(Math.abs(minutes) % 60).padStart(2, '0')}`}`;
};
