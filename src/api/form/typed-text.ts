/** Members of upload metadata and settings that hold true or false (cloudflare-typescript 7.3, resources/workers/scripts). */
const BOOLEANS = new Set([
  'cross_version_cache',
  'enabled',
  'invocation_logs',
  'keep_assets',
  'logpush',
  'persist',
  'previews_enabled',
  'raw',
  'redact_query_string',
  'run_worker_first',
  'serve_directly',
]);

const NUMBERS = new Set([
  'cpu_ms',
  'delivery_delay',
  'head_sampling_rate',
  'limit',
  'max_delay',
  'mitigation_timeout',
  'period',
  'subrequests',
]);

/** Members that hold a value of the Worker's own making. */
const FREE = new Set(['json', 'props']);

/**
 * A scalar that a bracketed form sent as text, given the names of the members around it, the nearest last. A text stays
 * a text unless its member is known to hold something else: a variable `"true"` or a tag `"1"` must not change.
 */
export const typedText = (text: string, names: readonly string[]): unknown => {
  const free = names.findIndex((name) => FREE.has(name));
  if (free !== -1) return free === names.length - 1 ? wholeJson(text) : scalar(text, isScalar);
  const name = names.at(-1) ?? '';
  if (BOOLEANS.has(name)) return scalar(text, (value) => value === null || typeof value === 'boolean');
  return NUMBERS.has(name) ? scalar(text, (value) => value === null || typeof value === 'number') : text;
};

/** The whole of a JSON variable: as JSON, for the form cannot say an empty object, an empty list or null in any other way. */
const wholeJson = (text: string): unknown => {
  const value = parsed(text);
  return typeof value === 'object' && value !== null ? value : scalar(text, isScalar);
};

/** Only what reads back as the very same text: `007` and `1e3` were texts. */
const scalar = (text: string, isWanted: (value: unknown) => boolean): unknown => {
  const value = parsed(text);
  return isWanted(value) && String(value) === text ? value : text;
};

const isScalar = (value: unknown): boolean => value === null || typeof value === 'boolean' || typeof value === 'number';

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
