const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const;
const SHORT_DAYS = DAYS.map((day) => day.slice(0, 3).toUpperCase());

const isNumber = (field: string): boolean => /^\d+$/.test(field);
const stepIn = (field: string): number | undefined => {
  const step = /^\*\/(\d+)$/.exec(field)?.[1];
  return step === undefined ? undefined : Number(step);
};
const every = (step: number, unit: string): string => (step === 1 ? `every ${unit}` : `every ${step} ${unit}s`);
const two = (text: string): string => text.padStart(2, '0');

/** Sunday is 1 and Saturday 7, as Cloudflare counts them. */
const dayNamed = (field: string): string | undefined =>
  isNumber(field) ? DAYS[Number(field) - 1] : DAYS[SHORT_DAYS.indexOf(field.toUpperCase())];

/** Which days are meant, where that is plain. */
const daysIn = (ofMonth: string, month: string, ofWeek: string): string | undefined => {
  if (month !== '*') return undefined;
  if (ofMonth === '*' && ofWeek === '*') return 'every day';
  if (ofMonth === '*' && /^(?:2-6|MON-FRI)$/i.test(ofWeek)) return 'Monday to Friday';
  if (ofMonth === '*') {
    const day = dayNamed(ofWeek);
    return day === undefined ? undefined : `every ${day}`;
  }
  return isNumber(ofMonth) && ofWeek === '*' ? `on day ${ofMonth} of each month` : undefined;
};

/** A cron pattern in words, where it is one that people commonly write; times are UTC. The next firings tell the rest. */
export const cronInWords = (cron: string): string | undefined => {
  const [minute = '', hour = '', ofMonth = '', month = '', ofWeek = ''] = cron.trim().split(/\s+/);
  const days = daysIn(ofMonth, month, ofWeek);
  if (days === undefined) return undefined;
  const said = timesIn(minute, hour, days);
  return said === undefined ? undefined : said.charAt(0).toUpperCase() + said.slice(1);
};

const timesIn = (minute: string, hour: string, days: string): string | undefined => {
  const onDays = days === 'every day' ? '' : `, ${days}`;
  const [minutes, hours] = [stepIn(minute), stepIn(hour)];
  if (minute === '*' && hour === '*') return `every minute${onDays}`;
  if (minutes !== undefined && hour === '*') return `${every(minutes, 'minute')}${onDays}`;
  if (!isNumber(minute)) return undefined;
  if (hour === '*') return `every hour at minute ${minute}${onDays}`;
  if (hours !== undefined) return `${every(hours, 'hour')} at minute ${minute}${onDays}`;
  return isNumber(hour) ? `${days} at ${two(hour)}:${two(minute)} UTC` : undefined;
};
