/** A line of a version's output by what it means to who reads the log. */
export interface Said {
  /** `warn`: the code failed. `info`: it said something. `debug`: says nothing to anybody but the authors of workerd. */
  readonly level: 'warn' | 'info' | 'debug';
  readonly text: string;
}

/** More failures of one version than this within a second are told at `info`: it may fail at each of its requests. */
const MOST_WARNINGS_A_SECOND = 10;

/** Hears lines and tells each by its meaning. */
export const hearing = (tell: (said: Said) => void): ((line: string) => void) => {
  let second = 0;
  let warned = 0;
  return (line) => {
    const said = meaningOf(line);
    if (said.level !== 'warn') return tell(said);
    const now = Math.floor(performance.now() / 1000);
    if (now !== second) warned = 0;
    second = now;
    warned += 1;
    return tell(warned > MOST_WARNINGS_A_SECOND ? { ...said, level: 'info' } : said);
  };
};

/**
 * What a Worker prints comes as it is; workerd puts the place in its own source before what it has to say, and another before the
 * exception it tells of (2026-11):
 *
 *     workerd/server/server/listen/mod.rs:372: error: Uncaught exception: workerd/jsg/value.h:1456: failed: remote.jsg.Error: no
 *     workerd/jsg/util.c++:320: error: e = rust/worker/ffi.rs:104: failed: connecting to 127.0.0.1:1 is not allowed
 *     stack: /srv/workerd@2b5edc0 /srv/workerd@3fe4230; sentryErrorContext = jsgInternalError; wdErrId = rher63svpcdg9ds4l82ejfs5
 */
export const meaningOf = (line: string): Said => {
  const [, uncaught] = UNCAUGHT.exec(line) ?? [];
  if (uncaught !== undefined) return { level: 'warn', text: `Uncaught ${uncaught}` };
  const [, complaint] = COMPLAINT.exec(line) ?? [];
  if (complaint !== undefined) return { level: 'warn', text: `The runtime: ${complaint}` };
  return { level: NATIVE_STACK.test(line) ? 'debug' : 'info', text: line };
};

const PLACE = String.raw`(?:\S+:\d+: (?:failed|disconnected|overloaded): )?`;
const UNCAUGHT = new RegExp(String.raw`^(?:workerd|kj|capnp)/\S+: error: Uncaught exception: ${PLACE}(?:remote\.)?(?:jsg\.)?(.*)$`);
const COMPLAINT = new RegExp(String.raw`^(?:workerd|kj|capnp)/\S+: error: (?:e = )?${PLACE}(.*)$`);
const NATIVE_STACK = /^stack: \S*@[0-9a-f]+/;
