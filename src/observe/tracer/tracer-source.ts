import { MOST_BATCH_BYTES, MOST_TRACE_CHARACTERS, MOST_TRACE_DEPTH } from '../trace.ts';

/** What the tracer binds: the way to the observe process, and of which versions its traces may be. */
export const TRACES_BINDING = 'TRACES';
export const VERSIONS_BINDING = 'VERSIONS';

/**
 * A module for a Worker of ours inside workerd, which versions name as their tail: `tracing(versionOf)` makes the handler, where
 * `versionOf(item)` says the index of the version, or a negative one for what is none of the version's own doing. What is told
 * of each invocation becomes JSON at once, waits with others for a tenth of a second, and is posted with them as a `TraceBatch`.
 *
 * Everything here costs each request of the version: of an ordinary one five members are read and one text is made. One event has all
 * the posts of its time on its own account (`waitUntil`), the others only put down what they have: nothing but plain data passes
 * between them.
 *
 * Of versions of which nobody wants more than outcomes what is told is kept unread, up to a number, until it is asked whether that is
 * still so: whoever begins to watch misses nothing that ends from then on.
 */
export const TRACER_SOURCE = `
/** Between two posts, and before the first after a rest. */
const EVERY_MS = 100;
const SOON_MS = 20;
/** One that does not answer within this has got the batch or never will. */
const ANSWERED_WITHIN_MS = 5_000;
const MOST_PAUSE_MS = 2_000;
/** Nobody waits longer than this between two steps, unless its event was ended. */
const STUCK_AFTER_MS = 15_000;
/** Whoever fails over a batch so often fails over it for ever. */
const MOST_REFUSALS = 3;
/** A character is three bytes at most. */
const MOST_BATCH_CHARACTERS = ${Math.floor(MOST_BATCH_BYTES / 3) - 100_000};
const MOST_WAITING_CHARACTERS = 8_000_000;
const MOST_WAITING = 10_000;
const MOST_UNREAD = 200;
const MOST_EVENT_CHARACTERS = 65_536;
const MOST_NAME = 256;
const MOST_CHARACTERS = ${MOST_TRACE_CHARACTERS};
const MOST_DEPTH = ${MOST_TRACE_DEPTH};
/** What one log or exception counts beside its text: many empty ones are much too. */
const EACH_COUNTS = 32;

/** The texts of traces. */
let waiting = [];
let waitingCharacters = 0;
/** What was told of invocations of which nobody wanted more than outcomes when they ended. */
let unread = [];
let dropped = 0;
let wants = [];
let isSending = false;
let refusals = 0;
let sentAt = 0;
let steppedAt = 0;
/** The runtime does not count the memory of what it tells here, and would collect too late what nothing of it is read of. */
let counted;

const isFull = () => waiting.length >= MOST_WAITING || waitingCharacters >= MOST_WAITING_CHARACTERS;

const keep = (text) => {
  if (isFull()) return void (dropped += 1);
  waiting.push(text);
  waitingCharacters += text.length;
};

export const tracing = (versionOf, inItsWords = (stack) => stack) => ({
  tail(items, env, ctx) {
    const now = Date.now();
    for (const item of items) {
      const v = versionOf(item);
      if (v < 0) continue;
      // Nothing is read of what finds no room: while nobody keeps up, that is all it costs.
      if (isFull()) dropped += 1;
      else if (wants[v] !== 'outcomes') keep(textOf(v, item, now, inItsWords));
      else if (unread.length < MOST_UNREAD) unread.push([v, item, now, inItsWords]);
      else keep(outcomeOf(v, item, now));
    }
    if (isFull() || wants.includes('outcomes')) counted = new ArrayBuffer(16_384);
    if (!isSending || now - steppedAt > STUCK_AFTER_MS) {
      isSending = true;
      ctx.waitUntil(send(env));
    }
  },
});

const isEmpty = () => waiting.length === 0 && unread.length === 0;

const send = async (env) => {
  let failures = 0;
  try {
    for (; !isEmpty(); sentAt = steppedAt) {
      steppedAt = Date.now();
      await scheduler.wait(failures > 0 ? Math.min(EVERY_MS * 2 ** failures, MOST_PAUSE_MS) : Math.max(SOON_MS, sentAt + EVERY_MS - steppedAt));
      steppedAt = Date.now();
      failures = (await sendOnce(env)) ? 0 : failures + 1;
    }
  } finally {
    isSending = false;
  }
};

/** Whether somebody was there. */
const sendOnce = async (env) => {
  if (unread.length > 0 && !(await post(env, [], 0))) return false;
  for (const [v, item, at, inItsWords] of unread.splice(0)) keep(wants[v] === 'outcomes' ? outcomeOf(v, item, at) : textOf(v, item, at, inItsWords));
  const batch = takeBatch();
  const left = dropped;
  dropped = 0;
  if (await post(env, batch, left)) return true;
  // They are the oldest, and go first when there is no room for all.
  dropped += left;
  const newer = waiting;
  waiting = [];
  waitingCharacters = 0;
  for (const text of batch) keep(text);
  for (const text of newer) keep(text);
  return false;
};

const takeBatch = () => {
  let characters = 0;
  let count = 0;
  while (count < waiting.length && (count === 0 || characters + waiting[count].length <= MOST_BATCH_CHARACTERS)) characters += waiting[count++].length;
  waitingCharacters -= characters;
  return waiting.splice(0, count);
};

/** False where nobody took it, and it is to be sent again. What may have been taken is not: an invocation would be told of twice. */
const post = async (env, texts, left) => {
  const body = '{"versions":' + (described ??= JSON.stringify(env.${VERSIONS_BINDING})) + ',"dropped":' + left + ',"traces":[' + texts.join(',') + ']}';
  try {
    const answer = await env.${TRACES_BINDING}.fetch('http://observe/', { method: 'POST', body, signal: AbortSignal.timeout(ANSWERED_WITHIN_MS) });
    if (!answer.ok) {
      await answer.body?.cancel();
      // Behind 502 to 504 nobody has read it.
      refusals = answer.status === 500 ? refusals + 1 : 0;
      if (answer.status > 500 || (answer.status === 500 && refusals < MOST_REFUSALS)) return false;
      refusals = 0;
      dropped += texts.length + left;
      return true;
    }
    refusals = 0;
    wants = (await answer.json()).wants ?? [];
    return true;
  } catch (error) {
    if (error?.name !== 'TimeoutError') return false;
    dropped += texts.length;
    return true;
  }
};
let described;

const textOf = (v, item, endedAt, inItsWords) => {
  try {
    return textWithin(v, item, endedAt, inItsWords);
  } catch {
    return outcomeOf(v, item, endedAt, true);
  }
};

const textWithin = (v, item, endedAt, inItsWords) => {
  const { event, logs, exceptions } = item;
  const kind = kindOf(event);
  const isLong = logs.length > 0 || exceptions.length > 0;
  const said = isLong ? saidIn(logs, exceptions, inItsWords) : QUIET;
  const text = JSON.stringify({ ...headOf(v, item, endedAt, kind), event: eventOf(event), ...said, ...(item.truncated ? TRUNCATED : undefined) });
  return text.length <= MOST_EVENT_CHARACTERS + MOST_CHARACTERS ? text : JSON.stringify({ ...headOf(v, item, endedAt, kind), event: shortened(event), ...said, truncated: true });
};

const QUIET = { logs: [], exceptions: [] };
const TRUNCATED = { truncated: true };

const outcomeOf = (v, item, endedAt, truncated) => JSON.stringify({ ...headOf(v, item, endedAt, kindOf(item.event)), event: null, ...QUIET, truncated });

const headOf = (v, { outcome, eventTimestamp, entrypoint, durableObjectId }, endedAt, kind) => ({
  v,
  kind,
  outcome,
  eventTimestamp: eventTimestamp ?? null,
  endedAt,
  entrypoint: entrypoint?.slice(0, MOST_NAME),
  ...(durableObjectId === undefined ? undefined : { executionModel: 'durableObject', durableObjectId }),
});

/** Of a WebSocket that was opened no response is told. */
const kindOf = (event) => {
  if (event == null) return 'other';
  if ('request' in event) return event.response === undefined && event.request.headers.upgrade?.toLowerCase() === 'websocket' ? 'websocket' : 'fetch';
  if ('rpcMethod' in event) return 'rpc';
  if ('cron' in event) return 'scheduled';
  if ('queue' in event) return 'queue';
  if ('scheduledTime' in event) return 'alarm';
  return 'getWebSocketEvent' in event ? 'websocket' : 'other';
};

/** As plain data: what the runtime gives is written by a slower way. */
const eventOf = (event) => {
  if (event == null || !('request' in event)) return event ?? null;
  const { request: { url, method, headers, cf }, response } = event;
  return { request: { url, method, headers, cf: isDeeper(cf, MOST_DEPTH) ? undefined : cf }, response: response && { status: response.status } };
};

/** What is nested deeper than whoever reads it can follow. */
const isDeeper = (value, depth) => typeof value === 'object' && value !== null && (depth === 0 || Object.values(value).some((each) => isDeeper(each, depth - 1)));

const writtenOut = (value) => {
  try {
    return JSON.stringify(value) ?? 'null';
  } catch {
    return 'nested too deep';
  }
};

const shortened = (event) => {
  if (event == null || !('request' in event)) return null;
  const { request: { url, method, headers }, response } = event;
  return { request: { url: url.slice(0, MOST_EVENT_CHARACTERS / 8), method: method.slice(0, MOST_NAME), headers: { 'cf-ray': headers['cf-ray']?.slice(0, MOST_NAME) } }, response: response && { status: response.status } };
};

/** Exceptions first: they say why. */
const saidIn = (allLogs, allExceptions, inItsWords) => {
  let left = MOST_CHARACTERS;
  let isCut = false;
  const cut = (text) => {
    if (text.length > left) isCut = true;
    const kept = text.slice(0, Math.max(0, left));
    left -= kept.length;
    return kept;
  };
  const hasRoom = () => {
    left -= EACH_COUNTS;
    if (left > 0) return true;
    isCut = true;
    return false;
  };
  const exceptions = [];
  for (const { name, message, stack, timestamp } of allExceptions) {
    if (!hasRoom()) break;
    exceptions.push({ name: cut(String(name)), message: cut(String(message)), stack: stack && cut(inItsWords(stack)), timestamp });
  }
  const short = (value) => {
    if (typeof value === 'string') return cut(value);
    const text = writtenOut(value);
    if (text.length > left || isDeeper(value, MOST_DEPTH)) return cut(text);
    left -= text.length;
    return value;
  };
  const logs = [];
  for (const { message, level, timestamp, errorInfo } of allLogs) {
    if (!hasRoom()) break;
    logs.push({ message: Array.isArray(message) ? message.map((value, at) => short(errorInfo?.[at]?.stack ? value + '\\n' + inItsWords(errorInfo[at].stack) : value)) : short(message), level, timestamp });
  }
  return isCut ? { logs, exceptions, truncated: true } : { logs, exceptions };
};
`;
