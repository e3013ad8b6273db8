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
          (name = "BACK", service = (name = "gate", entrypoint = "Gate", props = (json = "{\"worker\":\"back\"}"))),
          (name = "ADMIN", service = (name = "gate", entrypoint = "Gate", props = (json = "{\"worker\":\"back\",\"entrypoint\":\"Admin\",\"props\":{\"role\":\"say \\\"hi\\\"\"}}"))),
        ],
        globalOutbound = "internet",
        cacheApiOutbound = (name = "probe", entrypoint = "cache"),
      ),
    ),
    (
      name = "gate",
      worker = (
        compatibilityDate = "2026-01-01",
        compatibilityFlags = [],
        modules = [
          (name = "gate.js", esModule = "import { WorkerEntrypoint } from 'cloudflare:workers';\n\nconst refused = (answer) => {\n  const refusal = answer.headers.get('switchback-refusal');\n  if (refusal !== null) throw new Error(decodeURIComponent(refusal));\n  return answer;\n};\nconst leased = async (env, worker, headers) => {\n  const lease = refused(await env['lease:' + worker].fetch('http://edge/', { headers }));\n  lease.body.getReader().read().catch(() => undefined);\n  return { port: env.DEBUG_PORT.connect(lease.headers.get('switchback-address')), main: lease.headers.get('switchback-main') };\n};\n\n/** Which version answers is for the request to say where it is one. */\nconst PASSED_ON = ['cloudflare-workers-version-overrides', 'cloudflare-workers-version-key'];\nconst passedOn = ({ headers }) => PASSED_ON.flatMap((name) => (headers.has(name) ? [[name, headers.get(name)]] : []));\n\nexport class Gate extends WorkerEntrypoint {\n  constructor(ctx, env) {\n    super(ctx, env);\n    const { worker, entrypoint, props } = ctx.props;\n    const reach = async (headers) => {\n      const { port, main } = await leased(env, worker, headers);\n      return port.getEntrypoint(main, entrypoint, props);\n    };\n    const fetch = async (request) => {\n      if (entrypoint === undefined && props === undefined) return refused(await env['fetch:' + worker].fetch(request));\n      return (await reach(passedOn(request))).fetch(request);\n    };\n    const member = (name) =>\n      new Proxy(() => undefined, {\n        apply: async (_target, _this, args) => (await reach())[name](...args),\n        get: (_target, key) => (key === 'then' ? (resolve, reject) => reach().then((to) => to[name]).then(resolve, reject) : undefined),\n      });\n    return new Proxy(this, {\n      get: (_target, name) => (name === 'fetch' ? fetch : typeof name === 'symbol' || HANDLERS.has(name) ? undefined : member(name)),\n    });\n  }\n}\n/** Not called by a Worker: workerd looks for them. */\nconst HANDLERS = new Set(['alarm', 'connect', 'constructor', 'email', 'queue', 'scheduled', 'tail', 'tailStream', 'test', 'then', 'trace', 'webSocketClose', 'webSocketError', 'webSocketMessage']);\n"),
        ],
        bindings = [
          (name = "fetch:back", service = "fetch:back"),
          (name = "lease:back", service = "lease:back"),
          (name = "DEBUG_PORT", workerdDebugPort = void),
        ],
        globalOutbound = "internet",
      ),
    ),
    (
      name = "fetch:back",
      external = (
        address = "unix:/run/sb/services",
        http = (injectRequestHeaders = [
            (name = "switchback-service", value = "fetch hello back"),
          ], cfBlobHeader = "switchback-cf", forwardedProtoHeader = "switchback-scheme"),
      ),
    ),
    (
      name = "lease:back",
      external = (
        address = "unix:/run/sb/services",
        http = (injectRequestHeaders = [
            (name = "switchback-service", value = "lease hello back"),
          ], cfBlobHeader = "switchback-cf", forwardedProtoHeader = "switchback-scheme"),
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
