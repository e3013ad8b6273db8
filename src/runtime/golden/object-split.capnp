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
      name = "main:11111111-1111-4111-8111-111111111111",
      worker = (
        compatibilityDate = "2026-11-01",
        compatibilityFlags = [
          "nodejs_compat",
          "global_navigator",
        ],
        modules = [
          (name = "src/index.js", esModule = embed "/data/modules/src_index_js"),
          (name = "src/abc-note.txt", text = embed "/data/modules/src_abc_note_txt"),
          (name = "old.cjs", commonJsModule = embed "/data/modules/old_cjs"),
          (name = "add.wasm", wasm = embed "/data/modules/add_wasm"),
          (name = "bytes.bin", data = embed "/data/modules/bytes_bin"),
          (name = "data.json", json = embed "/data/modules/data_json"),
        ],
        bindings = [
          (name = "ROOMS", durableObjectNamespace = (className = "Room", serviceName = "owner")),
          (name = "THEIRS", durableObjectNamespace = (className = "Ofcccccccccccccccccccccccccccccccc", serviceName = "objects-gate:11111111-1111-4111-8111-111111111111")),
          (name = "TOKEN", fromEnvironment = "SB_SECRET_0:11111111-1111-4111-8111-111111111111"),
          (name = "CACHE", kvNamespace = "kv:kv-1:11111111-1111-4111-8111-111111111111"),
          (name = "DB", wrapped = (moduleName = "cloudflare-internal:d1-api", innerBindings = [(name = "fetcher", service = "d1:db-1:11111111-1111-4111-8111-111111111111")])),
          (name = "ASSETS", service = "assets:11111111-1111-4111-8111-111111111111"),
          (name = "BACK", service = (name = "gate:11111111-1111-4111-8111-111111111111", entrypoint = "Gate", props = (json = "{\"worker\":\"back\"}"))),
          (name = "LIMIT", wrapped = (moduleName = "switchback:ratelimit", innerBindings = [(name = "fetcher", service = "ratelimit:1001:5:10:11111111-1111-4111-8111-111111111111")])),
          (name = "FIRST", service = "mtls:one:11111111-1111-4111-8111-111111111111"),
          (name = "SAME", service = "mtls:one:11111111-1111-4111-8111-111111111111"),
          (name = "SECOND", service = "mtls:two:11111111-1111-4111-8111-111111111111"),
          (name = "GONE", service = "mtls-gone:11111111-1111-4111-8111-111111111111"),
        ],
        globalOutbound = "internet",
        cacheApiOutbound = (name = "probe", entrypoint = "cache"),
        tails = [(name = "tracer", entrypoint = "Version0")],
      ),
    ),
    (
      name = "mtls-gone:11111111-1111-4111-8111-111111111111",
      worker = (
        compatibilityDate = "2026-01-01",
        compatibilityFlags = [],
        modules = [
          (name = "gone.js", esModule = "export default { fetch() { throw new Error('The mTLS certificate of this binding was deleted.'); } };\n"),
        ],
        bindings = [],
        globalOutbound = "internet",
      ),
    ),
    (
      name = "events:11111111-1111-4111-8111-111111111111",
      worker = (
        compatibilityDate = "2026-01-01",
        compatibilityFlags = [
          "service_binding_extra_handlers",
        ],
        modules = [
          (name = "events.js", esModule = "const bytesOf = (base64) => Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));\nconst BODIES = {\n  json: (bytes) => ({ body: JSON.parse(new TextDecoder().decode(bytes)) }),\n  text: (bytes) => ({ body: new TextDecoder().decode(bytes) }),\n  bytes: (bytes) => ({ body: bytes }),\n  v8: (bytes) => ({ serializedBody: bytes }),\n};\nconst messageOf = ({ id, timestamp, attempts, contentType, body }) =>\n  ({ id, timestamp: new Date(timestamp), attempts, ...BODIES[contentType](bytesOf(body)) });\nexport default {\n  async fetch(request, { MAIN }) {\n    const event = await request.json();\n    const { pathname } = new URL(request.url);\n    if (pathname === '/scheduled') {\n      const { outcome, noRetry } = await MAIN.scheduled({ cron: event.cron, scheduledTime: new Date(event.scheduledTime) });\n      return Response.json({ outcome, noRetry });\n    }\n    const { outcome, ackAll, retryBatch, explicitAcks, retryMessages } =\n      await MAIN.queue(event.queue, event.messages.map(messageOf), event.metadata);\n    return Response.json({ outcome, ackAll, retryBatch, explicitAcks, retryMessages });\n  },\n};\n"),
        ],
        bindings = [
          (name = "MAIN", service = "main:11111111-1111-4111-8111-111111111111"),
        ],
        globalOutbound = "internet",
      ),
    ),
    (
      name = "gate:11111111-1111-4111-8111-111111111111",
      worker = (
        compatibilityDate = "2026-01-01",
        compatibilityFlags = [],
        modules = [
          (name = "gate.js", esModule = "import { WorkerEntrypoint } from 'cloudflare:workers';\n\nconst refused = (answer) => {\n  const refusal = answer.headers.get('switchback-refusal');\n  if (refusal !== null) throw new Error(decodeURIComponent(refusal));\n  return answer;\n};\nconst leased = async (env, worker, headers) => {\n  const lease = refused(await env['lease:' + worker].fetch('http://edge/', { headers }));\n  lease.body.getReader().read().catch(() => undefined);\n  return { port: env.DEBUG_PORT.connect(lease.headers.get('switchback-address')), main: lease.headers.get('switchback-main') };\n};\n\n/** Which version answers is for the request to say where it is one. */\nconst PASSED_ON = ['cloudflare-workers-version-overrides', 'cloudflare-workers-version-key'];\nconst passedOn = ({ headers }) => PASSED_ON.flatMap((name) => (headers.has(name) ? [[name, headers.get(name)]] : []));\n\nexport class Gate extends WorkerEntrypoint {\n  constructor(ctx, env) {\n    super(ctx, env);\n    const { worker, entrypoint, props } = ctx.props;\n    const reach = async (headers) => {\n      const { port, main } = await leased(env, worker, headers);\n      return port.getEntrypoint(main, entrypoint, props);\n    };\n    const fetch = async (request) => {\n      if (entrypoint === undefined && props === undefined) return refused(await env['fetch:' + worker].fetch(request));\n      return (await reach(passedOn(request))).fetch(request);\n    };\n    const member = (name) =>\n      new Proxy(() => undefined, {\n        apply: async (_target, _this, args) => (await reach())[name](...args),\n        get: (_target, key) => (key === 'then' ? (resolve, reject) => reach().then((to) => to[name]).then(resolve, reject) : undefined),\n      });\n    return new Proxy(this, {\n      get: (_target, name) => (name === 'fetch' ? fetch : typeof name === 'symbol' || HANDLERS.has(name) ? undefined : member(name)),\n    });\n  }\n}\n/** Not called by a Worker: workerd looks for them. */\nconst HANDLERS = new Set(['alarm', 'connect', 'constructor', 'email', 'queue', 'scheduled', 'tail', 'tailStream', 'test', 'then', 'trace', 'webSocketClose', 'webSocketError', 'webSocketMessage']);\n"),
        ],
        bindings = [
          (name = "fetch:back", service = "fetch:back:11111111-1111-4111-8111-111111111111"),
          (name = "lease:back", service = "lease:back:11111111-1111-4111-8111-111111111111"),
          (name = "DEBUG_PORT", workerdDebugPort = void),
        ],
        globalOutbound = "internet",
      ),
    ),
    (
      name = "objects-gate:11111111-1111-4111-8111-111111111111",
      worker = (
        compatibilityDate = "2026-01-01",
        compatibilityFlags = [],
        modules = [
          (name = "gate.js", esModule = "import { DurableObject } from 'cloudflare:workers';\n\nconst refused = (answer) => {\n  const refusal = answer.headers.get('switchback-refusal');\n  if (refusal !== null) throw new Error(decodeURIComponent(refusal));\n  return answer;\n};\nconst leased = async (env, worker, headers) => {\n  const lease = refused(await env['lease:' + worker].fetch('http://edge/', { headers }));\n  lease.body.getReader().read().catch(() => undefined);\n  return { port: env.DEBUG_PORT.connect(lease.headers.get('switchback-address')), main: lease.headers.get('switchback-main') };\n};\n\nconst HANDLERS = new Set(['alarm', 'constructor', 'then', 'webSocketClose', 'webSocketError', 'webSocketMessage']);\nconst standingFor = (own, reach) => {\n  const fetch = (request) => reach((object) => object.fetch(request));\n  const member = (name) =>\n    new Proxy(() => undefined, {\n      apply: (_target, _this, args) => reach((object) => object[name](...args)),\n      get: (_target, key) => (key === 'then' ? (resolve, reject) => reach((object) => object[name]).then(resolve, reject) : undefined),\n    });\n  return new Proxy(own, {\n    get: (_target, name) => (name === 'fetch' ? fetch : typeof name === 'symbol' || HANDLERS.has(name) ? undefined : member(name)),\n  });\n};\n\nconst classOf = (worker, namespace) => class extends DurableObject {\n  constructor(ctx, env) {\n    super(ctx, env);\n    const props = { namespace, id: ctx.id.toString(), name: ctx.id.name };\n    return standingFor(this, async (use) => {\n      const lease = refused(await env['lease:' + worker].fetch('http://edge/', { headers: { 'switchback-namespace': namespace } }));\n      const held = lease.body.getReader();\n      try {\n        return await use(env.DEBUG_PORT.connect(lease.headers.get('switchback-address')).getEntrypoint('objects-door', 'Door', props));\n      } finally {\n        held.cancel().catch(() => undefined);\n      }\n    });\n  }\n};\nexport const Ofcccccccccccccccccccccccccccccccc = classOf(\"other\", \"cccccccccccccccccccccccccccccccc\");\nexport default {};\n"),
        ],
        bindings = [
          (name = "lease:other", service = "lease:other:11111111-1111-4111-8111-111111111111"),
          (name = "DEBUG_PORT", workerdDebugPort = void),
        ],
        globalOutbound = "internet",
        durableObjectNamespaces = [
          (className = "Ofcccccccccccccccccccccccccccccccc", uniqueKey = "cccccccccccccccccccccccccccccccc", enableSql = true),
        ],
        durableObjectStorage = (inMemory = void),
      ),
    ),
    (
      name = "objects-door",
      worker = (
        compatibilityDate = "2026-01-01",
        compatibilityFlags = [],
        modules = [
          (name = "door.js", esModule = "import { WorkerEntrypoint } from 'cloudflare:workers';\n\nconst HANDLERS = new Set(['alarm', 'constructor', 'then', 'webSocketClose', 'webSocketError', 'webSocketMessage']);\nconst standingFor = (own, reach) => {\n  const fetch = (request) => reach((object) => object.fetch(request));\n  const member = (name) =>\n    new Proxy(() => undefined, {\n      apply: (_target, _this, args) => reach((object) => object[name](...args)),\n      get: (_target, key) => (key === 'then' ? (resolve, reject) => reach((object) => object[name]).then(resolve, reject) : undefined),\n    });\n  return new Proxy(own, {\n    get: (_target, name) => (name === 'fetch' ? fetch : typeof name === 'symbol' || HANDLERS.has(name) ? undefined : member(name)),\n  });\n};\n\nexport class Door extends WorkerEntrypoint {\n  constructor(ctx, env) {\n    super(ctx, env);\n    const { namespace, id, name } = ctx.props;\n    return standingFor(this, async (use) => {\n      const objects = env[namespace];\n      if (objects === undefined) throw new Error('These Durable Objects were deleted: deploy the Worker that binds them anew.');\n      return use(objects.get(name === undefined ? objects.idFromString(id) : objects.idFromName(name)));\n    });\n  }\n}\nexport default {};\n"),
        ],
        bindings = [
          (name = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", durableObjectNamespace = (className = "Room", serviceName = "owner")),
          (name = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", durableObjectNamespace = (className = "Old", serviceName = "owner")),
        ],
        globalOutbound = "internet",
      ),
    ),
    (
      name = "main:22222222-2222-4222-8222-222222222222",
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
          (name = "ROOMS", durableObjectNamespace = (className = "Room", serviceName = "owner")),
          (name = "TOKEN", fromEnvironment = "SB_SECRET_0:22222222-2222-4222-8222-222222222222"),
        ],
        globalOutbound = "internet",
        cacheApiOutbound = (name = "probe", entrypoint = "cache"),
        tails = [(name = "tracer", entrypoint = "Version1")],
      ),
    ),
    (
      name = "owner",
      worker = (
        compatibilityDate = "2026-11-01",
        compatibilityFlags = [
          "nodejs_compat",
          "global_navigator",
        ],
        modules = [
          (name = "owner.js", esModule = "import { DurableObject, env as bound, WorkerEntrypoint, withEnv } from 'cloudflare:workers';\nimport { AsyncLocalStorage } from 'node:async_hooks';\n\nconst finished = (hash) => {\n  let mixed = hash ^ (hash >>> 16);\n  mixed = Math.imul(mixed, 0x85ebca6b);\n  mixed ^= mixed >>> 13;\n  mixed = Math.imul(mixed, 0xc2b2ae35);\n  return (mixed ^ (mixed >>> 16)) >>> 0;\n};\nconst lanes = (text, a, b) => {\n  for (let at = 0; at < text.length; at += 1) {\n    const code = text.charCodeAt(at);\n    a = Math.imul(a ^ code, 0xcc9e2d51);\n    b = Math.imul(b ^ code, 0x1b873593);\n    a ^= a >>> 15;\n    b ^= b >>> 13;\n  }\n  return [a, b];\n};\nconst uniformHash = (lineage, key) => {\n  const [seedA, seedB] = lanes(lineage, 0x9e3779b9, 0x85ebca6b);\n  const [a, b] = lanes(key, seedA ^ 0xff, seedB ^ key.length);\n  const high = finished(a ^ Math.imul(b, 0x27d4eb2f));\n  const low = finished(b ^ Math.imul(high, 0x165667b1)) >>> 11;\n  return (high * 2 ** 21 + low + 1) / 2 ** 53;\n};\nconst pickForObject = (split, id) => {\n  let winner = '';\n  let least = Infinity;\n  let winning = '';\n  for (const { versionId, share, lineage = versionId } of split) {\n    if (share <= 0) continue;\n    const wait = -Math.log(uniformHash(lineage, id)) / share;\n    if (wait < least || (wait === least && lineage < winning)) {\n      least = wait;\n      winner = versionId;\n      winning = lineage;\n    }\n  }\n  return winner;\n};\n\nconst TOKEN = \"known-to-nobody\";\nlet shares = [{\"versionId\":\"11111111-1111-4111-8111-111111111111\",\"share\":90000},{\"versionId\":\"22222222-2222-4222-8222-222222222222\",\"share\":10000}];\n\nconst scope = new AsyncLocalStorage();\nconst ownOf = (id, all) => Object.fromEntries(Object.entries(all ?? {}).filter(([name]) => name.startsWith(id + ':')).map(([name, value]) => [name.slice(id.length + 1), value]));\nconst NODE = await import('node:process').catch(() => undefined);\n/** One object, or where nothing global is called process, one that is imported. */\nconst PROCESSES = new Set([globalThis.process, NODE?.default].filter((process) => process?.env !== undefined));\nconst [outside] = [...PROCESSES].map(({ env }) => env);\nconst aVersion = (id) => ({ id, env: ownOf(id, bound), processEnv: ownOf(id, outside), main: undefined, layers: new WeakMap() });\nconst within = (version, work) => withEnv(version.env, () => scope.run(version, work));\n\n/** Code that workerd calls without an object (a method of an RpcTarget, a listener) is in no scope, and is told by the folder it stands in. */\nconst present = () => {\n  const version = scope.getStore();\n  if (version !== undefined) return version;\n  const stack = String(new Error().stack);\n  return [...VERSIONS.values()].find(({ id }) => stack.includes(id + '/'));\n};\n\nconst VERSIONS = new Map([\"11111111-1111-4111-8111-111111111111\",\"22222222-2222-4222-8222-222222222222\"].map((id) => [id, aVersion(id)]));\n/** What only this module may reach. */\nconst OBJECTS = Object.fromEntries(Object.entries(bound).filter(([name]) => name.startsWith('objects:')));\n// Code in no scope has this object in hand: it names what both versions have, and gives each its own.\nfor (const name of Object.keys(bound)) delete bound[name];\nconst [ONE, OTHER] = [...VERSIONS.values()].map(({ env }) => env);\nfor (const name of Object.keys({ ...ONE, ...OTHER })) {\n  Object.defineProperty(bound, name, { configurable: true, enumerable: name in ONE && name in OTHER, get: () => present()?.env[name] });\n}\nif (outside !== undefined) {\n  // Whoever imports `env` from node:process has this object in hand: it holds what both versions agree on.\n  const [one, other] = [...VERSIONS.values()].map(({ processEnv }) => processEnv);\n  for (const name of Object.keys(outside)) delete outside[name];\n  for (const [name, value] of Object.entries(one)) if (other[name] === value) outside[name] = value;\n  for (const process of PROCESSES) Object.defineProperty(process, 'env', { configurable: true, enumerable: true, get: () => present()?.processEnv ?? outside });\n}\nVERSIONS.get('11111111-1111-4111-8111-111111111111').main = await within(VERSIONS.get('11111111-1111-4111-8111-111111111111'), () => import(\"./11111111-1111-4111-8111-111111111111/src/index.js\"));\nVERSIONS.get('22222222-2222-4222-8222-222222222222').main = await within(VERSIONS.get('22222222-2222-4222-8222-222222222222'), () => import(\"./22222222-2222-4222-8222-222222222222/src/index.js\"));\n\n/** The same method or accessor, within the version's environment; `target` where another object stands for the one it is of. */\nconst scoped = (version, { get, set, value, ...rest }, target) => {\n  const enter = (work) => (typeof work !== 'function' ? work : function (...args) { return within(version, () => Reflect.apply(work, target ?? this, args)); });\n  return get === undefined && set === undefined ? { ...rest, value: enter(value) } : { ...rest, get: enter(get), set: enter(set) };\n};\n/** What workerd looks for on an object itself too, not only on its class. */\nconst HANDLERS = ['fetch', 'alarm', 'webSocketMessage', 'webSocketClose', 'webSocketError'];\n\n/** What stands between an object and its class: all that the class and those it extends have, within the version's environment. */\nconst layerOver = (version, prototype, target) => {\n  const layer = Object.create(prototype);\n  const seen = new Set(['constructor']);\n  for (let from = prototype; from && from !== DurableObject.prototype && from !== Object.prototype; from = Object.getPrototypeOf(from)) {\n    for (const key of Reflect.ownKeys(from)) {\n      if (!seen.has(key)) Object.defineProperty(layer, key, scoped(version, Object.getOwnPropertyDescriptor(from, key), target));\n      seen.add(key);\n    }\n  }\n  return layer;\n};\n\n/** Its class may have given another object than one of its own, so it is the object itself that counts. */\nconst inScope = (version, object, own) => {\n  const prototype = Object.getPrototypeOf(object);\n  if (!version.layers.has(prototype)) version.layers.set(prototype, layerOver(version, prototype));\n  // One that takes nothing new (it is frozen, say) has another stand for it.\n  const isItself = Reflect.setPrototypeOf(object, Object.create(version.layers.get(prototype), own));\n  const target = isItself ? undefined : object;\n  const reached = target === undefined ? object : Object.create(Object.create(layerOver(version, prototype, target), own));\n  for (const name of HANDLERS) {\n    const handler = Object.getOwnPropertyDescriptor(object, name);\n    if (handler !== undefined && (handler.configurable || !isItself)) Object.defineProperty(reached, name, scoped(version, handler, target));\n  }\n  return reached;\n};\n\nconst classOf = (version, className) => {\n  const Class = version.main[className];\n  if (typeof Class !== 'function') throw new Error('The version ' + version.id + ' of this Worker has no Durable Object class ' + className + '.');\n  return Class;\n};\n\n/** The objects that live here, by class and id, each for as long as its instance does. */\nconst LIVE = new Map();\nconst gone = new FinalizationRegistry((entry) => {\n  if (LIVE.get(entry.key) === entry) LIVE.delete(entry.key);\n});\n\nconst ownerOf = (className) => class extends DurableObject {\n  constructor(ctx, env) {\n    const id = ctx.id.toString();\n    const version = VERSIONS.get(pickForObject(shares, id));\n    // With the flag that nobody may import it, it was not there before.\n    if (Object.keys(version.env).length === 0) Object.assign(version.env, ownOf(version.id, env));\n    const entry = { key: className + ':' + id, className, id, name: ctx.id.name, versionId: version.id, reset: 'switchbackReset' + crypto.randomUUID() };\n    // There is one at a time: what is known of another is over.\n    LIVE.delete(entry.key);\n    const Class = classOf(version, className);\n    const created = within(version, () => new Class(ctx, version.env));\n    const object = inScope(version, created, { [entry.reset]: { value: () => resetObject(entry, ctx) } });\n    LIVE.set(entry.key, entry);\n    gone.register(object, entry);\n    return object;\n  }\n};\n\n/** What it is called by passes through the object, which may be made to see it: whoever calls it gets nothing but what new shares ask for. */\nconst resetObject = (entry, ctx) => {\n  if (entry.versionId === pickForObject(shares, entry.id)) return;\n  if (LIVE.get(entry.key) === entry) LIVE.delete(entry.key);\n  ctx.abort(\"Durable Object reset because its code was updated.\");\n};\n\nconst TRIES = 3;\n\n/** By its name where it has one: reached by its id alone, it would be there without it. Whether it has come about. */\nconst reset = async (env, entry) => {\n  const { className, id, name } = entry;\n  const binding = 'objects:' + className;\n  const objects = OBJECTS[binding] ?? env[binding];\n  for (let tries = 0; tries < TRIES; tries += 1) {\n    const object = objects.get(name === undefined ? objects.idFromString(id) : objects.idFromName(name));\n    // Its end is the answer; and one that was constructed since is of its version already, and knows of no such method.\n    await object[entry.reset]().catch(() => undefined);\n    if (LIVE.get(entry.key) !== entry || entry.versionId === pickForObject(shares, id)) return true;\n  }\n  return false;\n};\n\n/** Few: one that was evicted and is still known is constructed anew by it. */\nconst AT_ONCE = 32;\nconst ANSWERED_AFTER_MS = 2_000;\n\nexport class SwitchbackShares extends WorkerEntrypoint {\n  async fetch(request) {\n    if (this.ctx.props?.token !== TOKEN) return new Response(null, { status: 404 });\n    const next = await request.json();\n    shares = next;\n    // Whatever becomes of that, the shares are in force.\n    await (OBJECTS['objects:'] ?? this.env['objects:'])?.fetch('http://tracer/', { method: 'POST', body: JSON.stringify(next) }).catch(() => undefined);\n    const changed = [...LIVE.values()].filter(({ id, versionId }) => versionId !== pickForObject(next, id));\n    const left = changed.values();\n    let stays = 0;\n    const turn = async () => { for (const entry of left) if (!(await reset(this.env, entry))) stays += 1; };\n    const done = Promise.all(Array.from({ length: Math.min(AT_ONCE, changed.length) }, turn));\n    // One that waits in its constructor lets nobody in until it is over.\n    this.ctx.waitUntil(done);\n    await Promise.race([done, scheduler.wait(ANSWERED_AFTER_MS)]);\n    return Response.json({ live: LIVE.size, reset: changed.length - stays, stays }, { status: stays === 0 ? 200 : 500 });\n  }\n}\n\nconst Class0 = ownerOf(\"Room\");\nconst Class1 = ownerOf(\"Old\");\nexport { Class0 as Room, Class1 as Old };\nexport default {};\n"),
          (name = "11111111-1111-4111-8111-111111111111/src/index.js", esModule = embed "/data/modules/src_index_js"),
          (name = "11111111-1111-4111-8111-111111111111/src/abc-note.txt", text = embed "/data/modules/src_abc_note_txt"),
          (name = "11111111-1111-4111-8111-111111111111/old.cjs", commonJsModule = embed "/data/modules/old_cjs"),
          (name = "11111111-1111-4111-8111-111111111111/add.wasm", wasm = embed "/data/modules/add_wasm"),
          (name = "11111111-1111-4111-8111-111111111111/bytes.bin", data = embed "/data/modules/bytes_bin"),
          (name = "11111111-1111-4111-8111-111111111111/data.json", json = embed "/data/modules/data_json"),
          (name = "22222222-2222-4222-8222-222222222222/src/index.js", esModule = embed "/data/modules/src_index_js"),
        ],
        bindings = [
          (name = "11111111-1111-4111-8111-111111111111:ROOMS", durableObjectNamespace = (className = "Room", serviceName = "owner")),
          (name = "11111111-1111-4111-8111-111111111111:THEIRS", durableObjectNamespace = (className = "Ofcccccccccccccccccccccccccccccccc", serviceName = "objects-gate:11111111-1111-4111-8111-111111111111")),
          (name = "11111111-1111-4111-8111-111111111111:TOKEN", fromEnvironment = "SB_SECRET_0:11111111-1111-4111-8111-111111111111"),
          (name = "11111111-1111-4111-8111-111111111111:CACHE", kvNamespace = "kv:kv-1:11111111-1111-4111-8111-111111111111"),
          (name = "11111111-1111-4111-8111-111111111111:DB", wrapped = (moduleName = "cloudflare-internal:d1-api", innerBindings = [(name = "fetcher", service = "d1:db-1:11111111-1111-4111-8111-111111111111")])),
          (name = "11111111-1111-4111-8111-111111111111:ASSETS", service = "assets:11111111-1111-4111-8111-111111111111"),
          (name = "11111111-1111-4111-8111-111111111111:BACK", service = (name = "gate:11111111-1111-4111-8111-111111111111", entrypoint = "Gate", props = (json = "{\"worker\":\"back\"}"))),
          (name = "11111111-1111-4111-8111-111111111111:LIMIT", wrapped = (moduleName = "switchback:ratelimit", innerBindings = [(name = "fetcher", service = "ratelimit:1001:5:10:11111111-1111-4111-8111-111111111111")])),
          (name = "11111111-1111-4111-8111-111111111111:FIRST", service = "mtls:one:11111111-1111-4111-8111-111111111111"),
          (name = "11111111-1111-4111-8111-111111111111:SAME", service = "mtls:one:11111111-1111-4111-8111-111111111111"),
          (name = "11111111-1111-4111-8111-111111111111:SECOND", service = "mtls:two:11111111-1111-4111-8111-111111111111"),
          (name = "11111111-1111-4111-8111-111111111111:GONE", service = "mtls-gone:11111111-1111-4111-8111-111111111111"),
          (name = "22222222-2222-4222-8222-222222222222:ROOMS", durableObjectNamespace = (className = "Room", serviceName = "owner")),
          (name = "22222222-2222-4222-8222-222222222222:TOKEN", fromEnvironment = "SB_SECRET_0:22222222-2222-4222-8222-222222222222"),
          (name = "objects:Room", durableObjectNamespace = (className = "Room")),
          (name = "objects:Old", durableObjectNamespace = (className = "Old")),
          (name = "objects:", service = (name = "tracer", entrypoint = "Shares", props = (json = "{}"))),
        ],
        globalOutbound = "internet",
        cacheApiOutbound = (name = "probe", entrypoint = "cache"),
        tails = [(name = "tracer", entrypoint = "Objects")],
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
          (name = "tails.js", esModule = "import { tracing } from './tracer.js';\n\nconst finished = (hash) => {\n  let mixed = hash ^ (hash >>> 16);\n  mixed = Math.imul(mixed, 0x85ebca6b);\n  mixed ^= mixed >>> 13;\n  mixed = Math.imul(mixed, 0xc2b2ae35);\n  return (mixed ^ (mixed >>> 16)) >>> 0;\n};\nconst lanes = (text, a, b) => {\n  for (let at = 0; at < text.length; at += 1) {\n    const code = text.charCodeAt(at);\n    a = Math.imul(a ^ code, 0xcc9e2d51);\n    b = Math.imul(b ^ code, 0x1b873593);\n    a ^= a >>> 15;\n    b ^= b >>> 13;\n  }\n  return [a, b];\n};\nconst uniformHash = (lineage, key) => {\n  const [seedA, seedB] = lanes(lineage, 0x9e3779b9, 0x85ebca6b);\n  const [a, b] = lanes(key, seedA ^ 0xff, seedB ^ key.length);\n  const high = finished(a ^ Math.imul(b, 0x27d4eb2f));\n  const low = finished(b ^ Math.imul(high, 0x165667b1)) >>> 11;\n  return (high * 2 ** 21 + low + 1) / 2 ** 53;\n};\nconst pickForObject = (split, id) => {\n  let winner = '';\n  let least = Infinity;\n  let winning = '';\n  for (const { versionId, share, lineage = versionId } of split) {\n    if (share <= 0) continue;\n    const wait = -Math.log(uniformHash(lineage, id)) / share;\n    if (wait < least || (wait === least && lineage < winning)) {\n      least = wait;\n      winner = versionId;\n      winning = lineage;\n    }\n  }\n  return winner;\n};\n\nconst VERSIONS = [\"11111111-1111-4111-8111-111111111111\",\"22222222-2222-4222-8222-222222222222\"];\nexport const Version0 = tracing(() => 0);\nexport const Version1 = tracing(() => 1);\n\n/** The newest first. */\nconst splits = [{ since: 0, split: [{\"versionId\":\"11111111-1111-4111-8111-111111111111\",\"share\":90000},{\"versionId\":\"22222222-2222-4222-8222-222222222222\",\"share\":10000}] }];\nconst MOST_SPLITS = 16;\n\nexport const Shares = {\n  async fetch(request) {\n    splits.unshift({ since: Date.now(), split: await request.json() });\n    splits.length = Math.min(splits.length, MOST_SPLITS);\n    return new Response();\n  },\n};\n\nconst versionOf = ({ durableObjectId, eventTimestamp, event }) => {\n  // What is no object's here is ours: it sets the shares, and resets objects.\n  if (durableObjectId === undefined || event?.rpcMethod?.startsWith('switchbackReset')) return -1;\n  const { split } = splits.find(({ since }) => since <= eventTimestamp) ?? splits.at(-1);\n  return VERSIONS.indexOf(pickForObject(split, durableObjectId));\n};\n\n/** The modules of both stand in folders of their own, around ours. */\nconst inItsWords = (stack) => VERSIONS.reduce((plain, id) => plain.replaceAll(id + '/', ''), stack.replace(/^.*[ (]owner\\.js:.*\\n?/gm, '')).trimEnd();\n\nexport const Objects = tracing(versionOf, inItsWords);\n"),
          (name = "tracer.js", esModule = "\n/** Between two posts, and before the first after a rest. */\nconst EVERY_MS = 100;\nconst SOON_MS = 20;\n/** One that does not answer within this has got the batch or never will. */\nconst ANSWERED_WITHIN_MS = 5_000;\nconst MOST_PAUSE_MS = 2_000;\n/** Nobody waits longer than this between two steps, unless its event was ended. */\nconst STUCK_AFTER_MS = 15_000;\n/** Whoever fails over a batch so often fails over it for ever. */\nconst MOST_REFUSALS = 3;\n/** A character is three bytes at most. */\nconst MOST_BATCH_CHARACTERS = 1298101;\nconst MOST_WAITING_CHARACTERS = 8_000_000;\nconst MOST_WAITING = 10_000;\nconst MOST_UNREAD = 200;\nconst MOST_EVENT_CHARACTERS = 65_536;\nconst MOST_NAME = 256;\nconst MOST_CHARACTERS = 16384;\nconst MOST_DEPTH = 100;\n/** What one log or exception counts beside its text: many empty ones are much too. */\nconst EACH_COUNTS = 32;\n\n/** The texts of traces. */\nlet waiting = [];\nlet waitingCharacters = 0;\n/** What was told of invocations of which nobody wanted more than outcomes when they ended. */\nlet unread = [];\nlet dropped = 0;\nlet wants = [];\nlet isSending = false;\nlet refusals = 0;\nlet sentAt = 0;\nlet steppedAt = 0;\n/** The runtime does not count the memory of what it tells here, and would collect too late what nothing of it is read of. */\nlet counted;\n\nconst isFull = () => waiting.length >= MOST_WAITING || waitingCharacters >= MOST_WAITING_CHARACTERS;\n\nconst keep = (text) => {\n  if (isFull()) return void (dropped += 1);\n  waiting.push(text);\n  waitingCharacters += text.length;\n};\n\nexport const tracing = (versionOf, inItsWords = (stack) => stack) => ({\n  tail(items, env, ctx) {\n    const now = Date.now();\n    for (const item of items) {\n      const v = versionOf(item);\n      if (v < 0) continue;\n      // Nothing is read of what finds no room: while nobody keeps up, that is all it costs.\n      if (isFull()) dropped += 1;\n      else if (wants[v] !== 'outcomes') keep(textOf(v, item, now, inItsWords));\n      else if (unread.length < MOST_UNREAD) unread.push([v, item, now, inItsWords]);\n      else keep(outcomeOf(v, item, now));\n    }\n    if (isFull() || wants.includes('outcomes')) counted = new ArrayBuffer(16_384);\n    if (!isSending || now - steppedAt > STUCK_AFTER_MS) {\n      isSending = true;\n      ctx.waitUntil(send(env));\n    }\n  },\n});\n\nconst isEmpty = () => waiting.length === 0 && unread.length === 0;\n\nconst send = async (env) => {\n  let failures = 0;\n  try {\n    for (; !isEmpty(); sentAt = steppedAt) {\n      steppedAt = Date.now();\n      await scheduler.wait(failures > 0 ? Math.min(EVERY_MS * 2 ** failures, MOST_PAUSE_MS) : Math.max(SOON_MS, sentAt + EVERY_MS - steppedAt));\n      steppedAt = Date.now();\n      failures = (await sendOnce(env)) ? 0 : failures + 1;\n    }\n  } finally {\n    isSending = false;\n  }\n};\n\n/** Whether somebody was there. */\nconst sendOnce = async (env) => {\n  if (unread.length > 0 && !(await post(env, [], 0))) return false;\n  for (const [v, item, at, inItsWords] of unread.splice(0)) keep(wants[v] === 'outcomes' ? outcomeOf(v, item, at) : textOf(v, item, at, inItsWords));\n  const batch = takeBatch();\n  const left = dropped;\n  dropped = 0;\n  if (await post(env, batch, left)) return true;\n  // They are the oldest, and go first when there is no room for all.\n  dropped += left;\n  const newer = waiting;\n  waiting = [];\n  waitingCharacters = 0;\n  for (const text of batch) keep(text);\n  for (const text of newer) keep(text);\n  return false;\n};\n\nconst takeBatch = () => {\n  let characters = 0;\n  let count = 0;\n  while (count < waiting.length && (count === 0 || characters + waiting[count].length <= MOST_BATCH_CHARACTERS)) characters += waiting[count++].length;\n  waitingCharacters -= characters;\n  return waiting.splice(0, count);\n};\n\n/** False where nobody took it, and it is to be sent again. What may have been taken is not: an invocation would be told of twice. */\nconst post = async (env, texts, left) => {\n  const body = '{\"versions\":' + (described ??= JSON.stringify(env.VERSIONS)) + ',\"dropped\":' + left + ',\"traces\":[' + texts.join(',') + ']}';\n  try {\n    const answer = await env.TRACES.fetch('http://observe/', { method: 'POST', body, signal: AbortSignal.timeout(ANSWERED_WITHIN_MS) });\n    if (!answer.ok) {\n      await answer.body?.cancel();\n      // Behind 502 to 504 nobody has read it.\n      refusals = answer.status === 500 ? refusals + 1 : 0;\n      if (answer.status > 500 || (answer.status === 500 && refusals < MOST_REFUSALS)) return false;\n      refusals = 0;\n      dropped += texts.length + left;\n      return true;\n    }\n    refusals = 0;\n    wants = (await answer.json()).wants ?? [];\n    return true;\n  } catch (error) {\n    if (error?.name !== 'TimeoutError') return false;\n    dropped += texts.length;\n    return true;\n  }\n};\nlet described;\n\nconst textOf = (v, item, endedAt, inItsWords) => {\n  try {\n    return textWithin(v, item, endedAt, inItsWords);\n  } catch {\n    return outcomeOf(v, item, endedAt, true);\n  }\n};\n\nconst textWithin = (v, item, endedAt, inItsWords) => {\n  const { event, logs, exceptions } = item;\n  const kind = kindOf(event);\n  const isLong = logs.length > 0 || exceptions.length > 0;\n  const said = isLong ? saidIn(logs, exceptions, inItsWords) : QUIET;\n  const text = JSON.stringify({ ...headOf(v, item, endedAt, kind), event: eventOf(event), ...said, ...(item.truncated ? TRUNCATED : undefined) });\n  return text.length <= MOST_EVENT_CHARACTERS + MOST_CHARACTERS ? text : JSON.stringify({ ...headOf(v, item, endedAt, kind), event: shortened(event), ...said, truncated: true });\n};\n\nconst QUIET = { logs: [], exceptions: [] };\nconst TRUNCATED = { truncated: true };\n\nconst outcomeOf = (v, item, endedAt, truncated) => JSON.stringify({ ...headOf(v, item, endedAt, kindOf(item.event)), event: null, ...QUIET, truncated });\n\nconst headOf = (v, { outcome, eventTimestamp, entrypoint, durableObjectId }, endedAt, kind) => ({\n  v,\n  kind,\n  outcome,\n  eventTimestamp: eventTimestamp ?? null,\n  endedAt,\n  entrypoint: entrypoint?.slice(0, MOST_NAME),\n  ...(durableObjectId === undefined ? undefined : { executionModel: 'durableObject', durableObjectId }),\n});\n\n/** Of a WebSocket that was opened no response is told. */\nconst kindOf = (event) => {\n  if (event == null) return 'other';\n  if ('request' in event) return event.response === undefined && event.request.headers.upgrade?.toLowerCase() === 'websocket' ? 'websocket' : 'fetch';\n  if ('rpcMethod' in event) return 'rpc';\n  if ('cron' in event) return 'scheduled';\n  if ('queue' in event) return 'queue';\n  if ('scheduledTime' in event) return 'alarm';\n  return 'getWebSocketEvent' in event ? 'websocket' : 'other';\n};\n\n/** As plain data: what the runtime gives is written by a slower way. */\nconst eventOf = (event) => {\n  if (event == null || !('request' in event)) return event ?? null;\n  const { request: { url, method, headers, cf }, response } = event;\n  return { request: { url, method, headers, cf: isDeeper(cf, MOST_DEPTH) ? undefined : cf }, response: response && { status: response.status } };\n};\n\n/** What is nested deeper than whoever reads it can follow. */\nconst isDeeper = (value, depth) => typeof value === 'object' && value !== null && (depth === 0 || Object.values(value).some((each) => isDeeper(each, depth - 1)));\n\nconst writtenOut = (value) => {\n  try {\n    return JSON.stringify(value) ?? 'null';\n  } catch {\n    return 'nested too deep';\n  }\n};\n\nconst shortened = (event) => {\n  if (event == null || !('request' in event)) return null;\n  const { request: { url, method, headers }, response } = event;\n  return { request: { url: url.slice(0, MOST_EVENT_CHARACTERS / 8), method: method.slice(0, MOST_NAME), headers: { 'cf-ray': headers['cf-ray']?.slice(0, MOST_NAME) } }, response: response && { status: response.status } };\n};\n\n/** Exceptions first: they say why. */\nconst saidIn = (allLogs, allExceptions, inItsWords) => {\n  let left = MOST_CHARACTERS;\n  let isCut = false;\n  const cut = (text) => {\n    if (text.length > left) isCut = true;\n    const kept = text.slice(0, Math.max(0, left));\n    left -= kept.length;\n    return kept;\n  };\n  const hasRoom = () => {\n    left -= EACH_COUNTS;\n    if (left > 0) return true;\n    isCut = true;\n    return false;\n  };\n  const exceptions = [];\n  for (const { name, message, stack, timestamp } of allExceptions) {\n    if (!hasRoom()) break;\n    exceptions.push({ name: cut(String(name)), message: cut(String(message)), stack: stack && cut(inItsWords(stack)), timestamp });\n  }\n  const short = (value) => {\n    if (typeof value === 'string') return cut(value);\n    const text = writtenOut(value);\n    if (text.length > left || isDeeper(value, MOST_DEPTH)) return cut(text);\n    left -= text.length;\n    return value;\n  };\n  const logs = [];\n  for (const { message, level, timestamp, errorInfo } of allLogs) {\n    if (!hasRoom()) break;\n    logs.push({ message: Array.isArray(message) ? message.map((value, at) => short(errorInfo?.[at]?.stack ? value + '\\n' + inItsWords(errorInfo[at].stack) : value)) : short(message), level, timestamp });\n  }\n  return isCut ? { logs, exceptions, truncated: true } : { logs, exceptions };\n};\n"),
        ],
        bindings = [
          (name = "TRACES", service = "traces"),
          (name = "VERSIONS", json = "[{\"id\":\"11111111-1111-4111-8111-111111111111\",\"script\":\"hello\",\"tag\":\"v1.2\",\"sourceMaps\":{\"src/index.js\":\"src_index_js_map\"}},{\"id\":\"22222222-2222-4222-8222-222222222222\",\"script\":\"hello\",\"tag\":\"v1.2\"}]"),
        ],
        globalOutbound = "internet",
      ),
    ),
    (
      name = "kv:kv-1:11111111-1111-4111-8111-111111111111",
      external = (
        address = "unix:/run/sb/data/kv",
        http = (injectRequestHeaders = [
            (name = "switchback-resource", value = "kv-1"),
            (name = "switchback-bound", value = "yes"),
          ]),
      ),
    ),
    (
      name = "d1:db-1:11111111-1111-4111-8111-111111111111",
      external = (
        address = "unix:/run/sb/data/d1",
        http = (injectRequestHeaders = [
            (name = "switchback-resource", value = "db-1"),
            (name = "switchback-bound", value = "yes"),
          ]),
      ),
    ),
    (
      name = "ratelimit:1001:5:10:11111111-1111-4111-8111-111111111111",
      external = (
        address = "unix:/run/sb/data/ratelimit",
        http = (injectRequestHeaders = [
            (name = "switchback-resource", value = "1001"),
            (name = "switchback-ratelimit-limit", value = "5"),
            (name = "switchback-ratelimit-period", value = "10"),
          ]),
      ),
    ),
    (
      name = "assets:11111111-1111-4111-8111-111111111111",
      external = (
        address = "unix:/run/sb/assets",
        http = (injectRequestHeaders = [
            (name = "switchback-assets", value = "11111111-1111-4111-8111-111111111111"),
          ]),
      ),
    ),
    (
      name = "fetch:back:11111111-1111-4111-8111-111111111111",
      external = (
        address = "unix:/run/sb/services",
        http = (injectRequestHeaders = [
            (name = "switchback-service", value = "fetch hello back"),
          ], cfBlobHeader = "switchback-cf", forwardedProtoHeader = "switchback-scheme"),
      ),
    ),
    (
      name = "lease:back:11111111-1111-4111-8111-111111111111",
      external = (
        address = "unix:/run/sb/services",
        http = (injectRequestHeaders = [
            (name = "switchback-service", value = "lease hello back"),
          ], cfBlobHeader = "switchback-cf", forwardedProtoHeader = "switchback-scheme"),
      ),
    ),
    (
      name = "lease:other:11111111-1111-4111-8111-111111111111",
      external = (
        address = "unix:/run/sb/services",
        http = (injectRequestHeaders = [
            (name = "switchback-service", value = "lease hello other"),
          ], cfBlobHeader = "switchback-cf", forwardedProtoHeader = "switchback-scheme"),
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
    (
      name = "mtls:one:11111111-1111-4111-8111-111111111111",
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
        tlsOptions = (trustBrowserCas = true, keypair = (privateKey = embed "/dev/fd/3", certificateChain = "first\n")),
      ),
    ),
    (
      name = "mtls:two:11111111-1111-4111-8111-111111111111",
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
        tlsOptions = (trustBrowserCas = true, keypair = (privateKey = embed "/dev/fd/4", certificateChain = "second\n")),
      ),
    ),
  ],
  sockets = [
    (name = "main:11111111-1111-4111-8111-111111111111", address = "unix:/run/sb/w-abc/m", http = (cfBlobHeader = "switchback-cf", forwardedProtoHeader = "switchback-scheme"), service = "main:11111111-1111-4111-8111-111111111111"),
    (name = "probe", address = "unix:/run/sb/w-abc/p", http = (), service = "probe"),
    (name = "events:11111111-1111-4111-8111-111111111111", address = "unix:/run/sb/w-abc/e", http = (), service = "events:11111111-1111-4111-8111-111111111111"),
    (name = "main:22222222-2222-4222-8222-222222222222", address = "unix:/run/sb/w-abc/m2", http = (cfBlobHeader = "switchback-cf", forwardedProtoHeader = "switchback-scheme"), service = "main:22222222-2222-4222-8222-222222222222"),
    (name = "shares", address = "unix:/run/sb/w-abc/s", http = (), service = (name = "owner", entrypoint = "SwitchbackShares", props = (json = "{\"token\":\"known-to-nobody\"}"))),
  ],
  extensions = [(modules = [
      (name = "switchback:ratelimit", internal = true, esModule = "class RateLimit {\n  #fetcher;\n  constructor({ fetcher }) {\n    this.#fetcher = fetcher;\n  }\n  async limit(options) {\n    if (typeof options !== 'object' || options === null) throw new TypeError('limit() takes an object with a \"key\"');\n    const { key, ...others } = options;\n    const unknown = Object.keys(others);\n    if (unknown.length > 0) throw new TypeError('limit() takes a \"key\" only, not ' + unknown.join(', '));\n    if (typeof key !== 'string') throw new TypeError('the \"key\" of limit() must be a string');\n    const answer = await this.#fetcher.fetch('http://ratelimit/', { method: 'POST', body: JSON.stringify({ key }) });\n    const said = await answer.json();\n    if (!answer.ok) throw new Error('The rate limit cannot be checked: ' + said.error);\n    return said;\n  }\n}\nexport default (inside) => new RateLimit(inside);\n"),
    ])],
);
