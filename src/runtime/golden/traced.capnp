using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  v8Flags = [
    "--max-heap-size=128",
  ],
  services = [
    (
      name = "probe",
      worker = (
        compatibilityDate = "2026-01-01",
        compatibilityFlags = [],
        modules = [
          (name = "probe.js", esModule = "export default { fetch: () => new Response('ready') };\nexport const cache = { fetch: ({ method }) => new Response(null, { status: { PUT: 204, PURGE: 404 }[method] ?? 504 }) };\n"),
        ],
        bindings = [],
        globalOutbound = "internet",
      ),
    ),
    (
      name = "main",
      worker = (
        compatibilityDate = "2026-11-01",
        compatibilityFlags = [
          "nodejs_compat",
          "global_navigator",
        ],
        modules = [
          (name = "src/index.js", esModule = embed "/data/modules/src_index_js"),
        ],
        bindings = [
          (name = "ROOMS", durableObjectNamespace = (className = "Room")),
        ],
        globalOutbound = "internet",
        cacheApiOutbound = (name = "probe", entrypoint = "cache"),
        tails = [(name = "tracer", entrypoint = "Version0")],
        durableObjectNamespaces = [
          (className = "Room", uniqueKey = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", enableSql = true),
          (className = "Old", uniqueKey = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", enableSql = false),
        ],
        durableObjectStorage = (localDisk = "objects"),
      ),
    ),
    (
      name = "objects",
      disk = (path = "/data/objects", writable = true),
    ),
    (
      name = "tracer",
      worker = (
        compatibilityDate = "2026-01-01",
        compatibilityFlags = [],
        modules = [
          (name = "tails.js", esModule = "import { tracing } from './tracer.js';\nexport const Version0 = tracing(() => 0);\n"),
          (name = "tracer.js", esModule = "\n/** Between two posts, and before the first after a rest. */\nconst EVERY_MS = 100;\nconst SOON_MS = 20;\n/** One that does not answer within this has got the batch or never will. */\nconst ANSWERED_WITHIN_MS = 5_000;\nconst MOST_PAUSE_MS = 2_000;\n/** Nobody waits longer than this between two steps, unless its event was ended. */\nconst STUCK_AFTER_MS = 15_000;\n/** Whoever fails over a batch so often fails over it for ever. */\nconst MOST_REFUSALS = 3;\n/** A character is three bytes at most. */\nconst MOST_BATCH_CHARACTERS = 1298101;\nconst MOST_WAITING_CHARACTERS = 8_000_000;\nconst MOST_WAITING = 10_000;\nconst MOST_UNREAD = 200;\nconst MOST_EVENT_CHARACTERS = 65_536;\nconst MOST_NAME = 256;\nconst MOST_CHARACTERS = 16384;\nconst MOST_DEPTH = 100;\n/** What one log or exception counts beside its text: many empty ones are much too. */\nconst EACH_COUNTS = 32;\n\n/** The texts of traces. */\nlet waiting = [];\nlet waitingCharacters = 0;\n/** What was told of invocations of which nobody wanted more than outcomes when they ended. */\nlet unread = [];\nlet dropped = 0;\nlet wants = [];\nlet isSending = false;\nlet refusals = 0;\nlet sentAt = 0;\nlet steppedAt = 0;\n/** The runtime does not count the memory of what it tells here, and would collect too late what nothing of it is read of. */\nlet counted;\n\nconst isFull = () => waiting.length >= MOST_WAITING || waitingCharacters >= MOST_WAITING_CHARACTERS;\n\nconst keep = (text) => {\n  if (isFull()) return void (dropped += 1);\n  waiting.push(text);\n  waitingCharacters += text.length;\n};\n\nexport const tracing = (versionOf, inItsWords = (stack) => stack) => ({\n  tail(items, env, ctx) {\n    const now = Date.now();\n    for (const item of items) {\n      const v = versionOf(item);\n      if (v < 0) continue;\n      // Nothing is read of what finds no room: while nobody keeps up, that is all it costs.\n      if (isFull()) dropped += 1;\n      else if (wants[v] !== 'outcomes') keep(textOf(v, item, now, inItsWords));\n      else if (unread.length < MOST_UNREAD) unread.push([v, item, now, inItsWords]);\n      else keep(outcomeOf(v, item, now));\n    }\n    if (isFull() || wants.includes('outcomes')) counted = new ArrayBuffer(16_384);\n    if (!isSending || now - steppedAt > STUCK_AFTER_MS) {\n      isSending = true;\n      ctx.waitUntil(send(env));\n    }\n  },\n});\n\nconst isEmpty = () => waiting.length === 0 && unread.length === 0;\n\nconst send = async (env) => {\n  let failures = 0;\n  try {\n    for (; !isEmpty(); sentAt = steppedAt) {\n      steppedAt = Date.now();\n      await scheduler.wait(failures > 0 ? Math.min(EVERY_MS * 2 ** failures, MOST_PAUSE_MS) : Math.max(SOON_MS, sentAt + EVERY_MS - steppedAt));\n      steppedAt = Date.now();\n      failures = (await sendOnce(env)) ? 0 : failures + 1;\n    }\n  } finally {\n    isSending = false;\n  }\n};\n\n/** Whether somebody was there. */\nconst sendOnce = async (env) => {\n  if (unread.length > 0 && !(await post(env, [], 0))) return false;\n  for (const [v, item, at, inItsWords] of unread.splice(0)) keep(wants[v] === 'outcomes' ? outcomeOf(v, item, at) : textOf(v, item, at, inItsWords));\n  const batch = takeBatch();\n  const left = dropped;\n  dropped = 0;\n  if (await post(env, batch, left)) return true;\n  // They are the oldest, and go first when there is no room for all.\n  dropped += left;\n  const newer = waiting;\n  waiting = [];\n  waitingCharacters = 0;\n  for (const text of batch) keep(text);\n  for (const text of newer) keep(text);\n  return false;\n};\n\nconst takeBatch = () => {\n  let characters = 0;\n  let count = 0;\n  while (count < waiting.length && (count === 0 || characters + waiting[count].length <= MOST_BATCH_CHARACTERS)) characters += waiting[count++].length;\n  waitingCharacters -= characters;\n  return waiting.splice(0, count);\n};\n\n/** False where nobody took it, and it is to be sent again. What may have been taken is not: an invocation would be told of twice. */\nconst post = async (env, texts, left) => {\n  const body = '{\"versions\":' + (described ??= JSON.stringify(env.VERSIONS)) + ',\"dropped\":' + left + ',\"traces\":[' + texts.join(',') + ']}';\n  try {\n    const answer = await env.TRACES.fetch('http://observe/', { method: 'POST', body, signal: AbortSignal.timeout(ANSWERED_WITHIN_MS) });\n    if (!answer.ok) {\n      await answer.body?.cancel();\n      // Behind 502 to 504 nobody has read it.\n      refusals = answer.status === 500 ? refusals + 1 : 0;\n      if (answer.status > 500 || (answer.status === 500 && refusals < MOST_REFUSALS)) return false;\n      refusals = 0;\n      dropped += texts.length + left;\n      return true;\n    }\n    refusals = 0;\n    wants = (await answer.json()).wants ?? [];\n    return true;\n  } catch (error) {\n    if (error?.name !== 'TimeoutError') return false;\n    dropped += texts.length;\n    return true;\n  }\n};\nlet described;\n\nconst textOf = (v, item, endedAt, inItsWords) => {\n  try {\n    return textWithin(v, item, endedAt, inItsWords);\n  } catch {\n    return outcomeOf(v, item, endedAt, true);\n  }\n};\n\nconst textWithin = (v, item, endedAt, inItsWords) => {\n  const { event, logs, exceptions } = item;\n  const kind = kindOf(event);\n  const isLong = logs.length > 0 || exceptions.length > 0;\n  const said = isLong ? saidIn(logs, exceptions, inItsWords) : QUIET;\n  const text = JSON.stringify({ ...headOf(v, item, endedAt, kind), event: eventOf(event), ...said, ...(item.truncated ? TRUNCATED : undefined) });\n  return text.length <= MOST_EVENT_CHARACTERS + MOST_CHARACTERS ? text : JSON.stringify({ ...headOf(v, item, endedAt, kind), event: shortened(event), ...said, truncated: true });\n};\n\nconst QUIET = { logs: [], exceptions: [] };\nconst TRUNCATED = { truncated: true };\n\nconst outcomeOf = (v, item, endedAt, truncated) => JSON.stringify({ ...headOf(v, item, endedAt, kindOf(item.event)), event: null, ...QUIET, truncated });\n\nconst headOf = (v, { outcome, eventTimestamp, entrypoint, durableObjectId }, endedAt, kind) => ({\n  v,\n  kind,\n  outcome,\n  eventTimestamp: eventTimestamp ?? null,\n  endedAt,\n  entrypoint: entrypoint?.slice(0, MOST_NAME),\n  ...(durableObjectId === undefined ? undefined : { executionModel: 'durableObject', durableObjectId }),\n});\n\n/** Of a WebSocket that was opened no response is told. */\nconst kindOf = (event) => {\n  if (event == null) return 'other';\n  if ('request' in event) return event.response === undefined && event.request.headers.upgrade?.toLowerCase() === 'websocket' ? 'websocket' : 'fetch';\n  if ('rpcMethod' in event) return 'rpc';\n  if ('cron' in event) return 'scheduled';\n  if ('queue' in event) return 'queue';\n  if ('scheduledTime' in event) return 'alarm';\n  return 'getWebSocketEvent' in event ? 'websocket' : 'other';\n};\n\n/** As plain data: what the runtime gives is written by a slower way. */\nconst eventOf = (event) => {\n  if (event == null || !('request' in event)) return event ?? null;\n  const { request: { url, method, headers, cf }, response } = event;\n  return { request: { url, method, headers, cf: isDeeper(cf, MOST_DEPTH) ? undefined : cf }, response: response && { status: response.status } };\n};\n\n/** What is nested deeper than whoever reads it can follow. */\nconst isDeeper = (value, depth) => typeof value === 'object' && value !== null && (depth === 0 || Object.values(value).some((each) => isDeeper(each, depth - 1)));\n\nconst writtenOut = (value) => {\n  try {\n    return JSON.stringify(value) ?? 'null';\n  } catch {\n    return 'nested too deep';\n  }\n};\n\nconst shortened = (event) => {\n  if (event == null || !('request' in event)) return null;\n  const { request: { url, method, headers }, response } = event;\n  return { request: { url: url.slice(0, MOST_EVENT_CHARACTERS / 8), method: method.slice(0, MOST_NAME), headers: { 'cf-ray': headers['cf-ray']?.slice(0, MOST_NAME) } }, response: response && { status: response.status } };\n};\n\n/** Exceptions first: they say why. */\nconst saidIn = (allLogs, allExceptions, inItsWords) => {\n  let left = MOST_CHARACTERS;\n  let isCut = false;\n  const cut = (text) => {\n    if (text.length > left) isCut = true;\n    const kept = text.slice(0, Math.max(0, left));\n    left -= kept.length;\n    return kept;\n  };\n  const hasRoom = () => {\n    left -= EACH_COUNTS;\n    if (left > 0) return true;\n    isCut = true;\n    return false;\n  };\n  const exceptions = [];\n  for (const { name, message, stack, timestamp } of allExceptions) {\n    if (!hasRoom()) break;\n    exceptions.push({ name: cut(String(name)), message: cut(String(message)), stack: stack && cut(inItsWords(stack)), timestamp });\n  }\n  const short = (value) => {\n    if (typeof value === 'string') return cut(value);\n    const text = writtenOut(value);\n    if (text.length > left || isDeeper(value, MOST_DEPTH)) return cut(text);\n    left -= text.length;\n    return value;\n  };\n  const logs = [];\n  for (const { message, level, timestamp, errorInfo } of allLogs) {\n    if (!hasRoom()) break;\n    logs.push({ message: Array.isArray(message) ? message.map((value, at) => short(errorInfo?.[at]?.stack ? value + '\\n' + inItsWords(errorInfo[at].stack) : value)) : short(message), level, timestamp });\n  }\n  return isCut ? { logs, exceptions, truncated: true } : { logs, exceptions };\n};\n"),
        ],
        bindings = [
          (name = "TRACES", service = "traces"),
          (name = "VERSIONS", json = "[{\"id\":\"11111111-1111-4111-8111-111111111111\",\"script\":\"hello\",\"tag\":\"v1.2\",\"message\":\"say \\\"hi\\\"\",\"sourceMaps\":{\"src/index.js\":\"src_index_js_map\"}}]"),
        ],
        globalOutbound = "internet",
      ),
    ),
    (
      name = "traces",
      external = (
        address = "unix:/run/sb/observe/traces",
        http = (injectRequestHeaders = []),
      ),
    ),
    (
      name = "internet",
      network = (
        allow = ["public"],
        deny = [
          "198.18.0.0/15",
          "::/96",
          "64:ff9b::/104",
          "64:ff9b::a00:0/104",
          "64:ff9b::6440:0/106",
          "64:ff9b::7f00:0/104",
          "64:ff9b::a9fe:0/112",
          "64:ff9b::ac10:0/108",
          "64:ff9b::c0a8:0/112",
          "64:ff9b::c612:0/111",
          "64:ff9b:1::/48",
          "2001::/32",
          "2002::/16",
          "fec0::/10",
        ],
        tlsOptions = (trustBrowserCas = true),
      ),
    ),
  ],
  sockets = [
    (name = "main", address = "unix:/run/sb/w-abc/m", http = (cfBlobHeader = "switchback-cf", forwardedProtoHeader = "switchback-scheme"), service = "main"),
    (name = "probe", address = "unix:/run/sb/w-abc/p", http = (), service = "probe"),
  ],
);
