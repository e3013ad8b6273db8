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
          (name = "probe.js", esModule = "export default { fetch: () => new Response('ready') };"),
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
          (name = "src/abc-note.txt", text = embed "/data/modules/src_abc_note_txt"),
          (name = "old.cjs", commonJsModule = embed "/data/modules/old_cjs"),
          (name = "add.wasm", wasm = embed "/data/modules/add_wasm"),
          (name = "bytes.bin", data = embed "/data/modules/bytes_bin"),
          (name = "data.json", json = embed "/data/modules/data_json"),
        ],
        bindings = [
          (name = "GREETING", text = "say \"hi\"\n"),
          (name = "TOKEN", fromEnvironment = "SB_SECRET_0"),
          (name = "FLAGS", json = "{\"on\":[true,\"é\"]}"),
          (name = "OTHER", fromEnvironment = "SB_SECRET_1"),
          (name = "VERSION", json = "{\"id\":\"11111111-1111-4111-8111-111111111111\",\"tag\":\"v1.2\",\"timestamp\":\"2026-11-01T10:00:00.000001Z\"}"),
        ],
        globalOutbound = "internet",
      ),
    ),
    (
      name = "internet",
      network = (
        allow = ["public"],
        deny = [
          "198.18.0.0/15",
        ],
        tlsOptions = (trustBrowserCas = true),
      ),
    ),
  ],
  sockets = [
    (name = "main", address = "unix:/run/sb/w-abc/m", http = (cfBlobHeader = "switchback-cf"), service = "main"),
    (name = "probe", address = "unix:/run/sb/w-abc/p", http = (), service = "probe"),
  ],
);
