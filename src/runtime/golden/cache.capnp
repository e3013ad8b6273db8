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
        bindings = [],
        globalOutbound = "internet",
        cacheApiOutbound = (name = "cache"),
      ),
    ),
    (
      name = "cache",
      external = (
        address = "unix:/run/sb/cache",
        http = (injectRequestHeaders = [
            (name = "switchback-cache", value = "hello"),
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
