import { accept, refuse, type Result } from '../../base/index.ts';
import { isLogpushField, LOGPUSH_FIELDS, type LogpushField, type LogpushKind, type LogpushRow } from './fields.ts';

/** Which rows are sent: those of which all of it is true. */
export type LogpushFilter =
  | { readonly and: readonly LogpushFilter[] }
  | { readonly or: readonly LogpushFilter[] }
  | { readonly key: LogpushField; readonly operator: LogpushOperator; readonly value: FilterValue };

type FilterValue = string | number | readonly (string | number)[];

/** Of which kinds of fields an operator can be asked (https://developers.cloudflare.com/logs/logpush/logpush-job/filters/). */
const OPERATORS = {
  eq: ['string', 'int'],
  '!eq': ['string', 'int'],
  lt: ['int'],
  leq: ['int'],
  gt: ['int'],
  geq: ['int'],
  startsWith: ['string'],
  '!startsWith': ['string'],
  endsWith: ['string'],
  '!endsWith': ['string'],
  contains: ['string', 'array'],
  '!contains': ['string', 'array'],
  in: ['string', 'int'],
  '!in': ['string', 'int'],
} as const satisfies Record<string, readonly LogpushKind[]>;

type LogpushOperator = keyof typeof OPERATORS;

const MOST_BYTES = 1_000;
const MOST_OPERATORS = 30;

/** Reads `{"where":{"and":[{"key":"Outcome","operator":"eq","value":"exception"}]}}`. */
export const readLogpushFilter = (text: string): Result<LogpushFilter, readonly string[]> => {
  if (new TextEncoder().encode(text).length > MOST_BYTES) return refuse([`it has more than ${MOST_BYTES} bytes`]);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return refuse(['it is no JSON']);
  }
  if (!isObject(json) || !isObject(json['where'])) return refuse(['it must be {"where": …}']);
  const others = Object.keys(json).filter((name) => name !== 'where');
  if (others.length > 0) return refuse([`beside "where" it has ${others.map((name) => JSON.stringify(name)).join(', ')}`]);
  const reading: Reading = { operators: 0, faults: [] };
  const filter = readNode(json['where'], 'where', reading);
  if (reading.operators > MOST_OPERATORS) reading.faults.push(`it has more than ${MOST_OPERATORS} operators`);
  return reading.faults.length === 0 && filter !== undefined ? accept(filter) : refuse(reading.faults);
};

interface Reading {
  operators: number;
  readonly faults: string[];
}

const readNode = (node: unknown, path: string, reading: Reading): LogpushFilter | undefined => {
  const fault = (what: string): undefined => void reading.faults.push(`${path} ${what}`);
  if (!isObject(node)) return fault('must be an object');
  const names = Object.keys(node);
  if (names.length === 1 && (names[0] === 'and' || names[0] === 'or')) {
    const joined = node[names[0]];
    if (!Array.isArray(joined) || joined.length === 0) return fault(`${names[0]} must be a list of conditions`);
    reading.operators += 1;
    const within = joined.flatMap((each, at) => readNode(each, `${path}.${names[0]}.${at}`, reading) ?? []);
    return names[0] === 'and' ? { and: within } : { or: within };
  }
  const unknown = names.filter((name) => !['key', 'operator', 'value'].includes(name));
  if (unknown.length > 0)
    return fault(`has ${unknown.map((name) => JSON.stringify(name)).join(', ')}; it must be "and", "or", or "key", "operator" and "value"`);
  reading.operators += 1;
  return readCondition(node, fault);
};

const readCondition = (node: Readonly<Record<string, unknown>>, fault: (what: string) => undefined): LogpushFilter | undefined => {
  const { key, operator, value } = node;
  if (typeof key !== 'string' || !isLogpushField(key)) return fault(`names ${shown(key)}, which is no field of workers_trace_events`);
  if (!isOperator(operator)) return fault(`has the operator ${shown(operator)}, which is none of ${Object.keys(OPERATORS).join(', ')}`);
  const [kind] = LOGPUSH_FIELDS[key];
  if (!OPERATORS[operator].some((each) => each === kind))
    return fault(`cannot ask ${key} ${operator}: it is ${kind === 'string' ? 'a text' : kind === 'int' ? 'a number' : `an ${kind}`}`);
  const compared = operator === 'in' || operator === '!in' ? valuesOf(value, kind) : valueOf(value, kind);
  if (compared === undefined) return fault(`has the value ${shown(value)}, which ${key} ${operator} cannot be compared with`);
  return { key, operator, value: compared };
};

/** A number may stand in quotes, as in Cloudflare's examples. */
const valueOf = (value: unknown, kind: LogpushKind): string | number | undefined => {
  if (kind !== 'int') return typeof value === 'string' ? value : undefined;
  const number = typeof value === 'number' ? value : typeof value === 'string' && value.trim() !== '' ? Number(value) : NaN;
  return Number.isFinite(number) ? number : undefined;
};

const valuesOf = (value: unknown, kind: LogpushKind): readonly (string | number)[] | undefined => {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const values = value.flatMap((each) => valueOf(each, kind) ?? []);
  return values.length === value.length ? values : undefined;
};

/** Whether a row passes. */
export const passes = (filter: LogpushFilter, row: LogpushRow): boolean => {
  if ('and' in filter) return filter.and.every((each) => passes(each, row));
  if ('or' in filter) return filter.or.some((each) => passes(each, row));
  const { key, operator, value } = filter;
  return operator.startsWith('!') ? !holds(row(key), operator.slice(1), value) : holds(row(key), operator, value);
};

const holds = (found: unknown, operator: string, value: FilterValue): boolean => {
  if (operator === 'in') return Array.isArray(value) && value.includes(found as string | number);
  if (operator === 'contains' && Array.isArray(found)) return found.some((item) => containsText(item, String(value)));
  if (typeof found === 'number' && typeof value === 'number') {
    if (operator === 'eq') return found === value;
    if (operator === 'lt') return found < value;
    if (operator === 'leq') return found <= value;
    return operator === 'gt' ? found > value : found >= value;
  }
  if (typeof found !== 'string' || typeof value !== 'string') return false;
  if (operator === 'eq') return found === value;
  if (operator === 'startsWith') return found.startsWith(value);
  return operator === 'endsWith' ? found.endsWith(value) : found.includes(value);
};

/** Of a list of texts one is it; of a list of objects, as logs are, a text somewhere in one has it. */
const containsText = (item: unknown, text: string): boolean =>
  typeof item === 'string' ? item === text : isObject(item) && Object.values(item).some((part) => holdsText(part, text));

const holdsText = (part: unknown, text: string): boolean => {
  if (typeof part === 'string') return part.includes(text);
  if (typeof part !== 'object' || part === null) return false;
  return Object.values(part).some((each) => holdsText(each, text));
};

const isOperator = (value: unknown): value is LogpushOperator => typeof value === 'string' && Object.hasOwn(OPERATORS, value);
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const shown = (value: unknown): string => (JSON.stringify(value) ?? 'nothing').slice(0, 100);
