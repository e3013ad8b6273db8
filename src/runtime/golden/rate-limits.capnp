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
        compatibilityDate = "2021-11-02",
        compatibilityFlags = [],
        serviceWorkerScript = embed "/data/modules/script_js",
        bindings = [
          (name = "FIRST", wrapped = (moduleName = "switchback:ratelimit", innerBindings = [(name = "fetcher", service = "ratelimit:1001:5:10")])),
          (name = "SECOND", wrapped = (moduleName = "switchback:ratelimit", innerBindings = [(name = "fetcher", service = "ratelimit:1001:5:10")])),
        ],
        globalOutbound = "internet",
        cacheApiOutbound = (name = "probe", entrypoint = "cache"),
      ),
    ),
    (
      name = "ratelimit:1001:5:10",
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
  extensions = [(modules = [
      (name = "switchback:ratelimit", internal = true, esModule = "class RateLimit {\n  #fetcher;\n  constructor({ fetcher }) {\n    this.#fetcher = fetcher;\n  }\n  async limit(options) {\n    if (typeof options !== 'object' || options === null) throw new TypeError('limit() takes an object with a \"key\"');\n    const { key, ...others } = options;\n    const unknown = Object.keys(others);\n    if (unknown.length > 0) throw new TypeError('limit() takes a \"key\" only, not ' + unknown.join(', '));\n    if (typeof key !== 'string') throw new TypeError('the \"key\" of limit() must be a string');\n    const answer = await this.#fetcher.fetch('http://ratelimit/', { method: 'POST', body: JSON.stringify({ key }) });\n    const said = await answer.json();\n    if (!answer.ok) throw new Error('The rate limit cannot be checked: ' + said.error);\n    return said;\n  }\n}\nexport default (inside) => new RateLimit(inside);\n"),
    ])],
);
