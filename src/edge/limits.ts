/** Every bound of the edge's side towards visitors (I9). Times in milliseconds. */
export interface EdgeLimits {
  readonly maxHeaderBytes: number;
  /** Longest body of a request; Cloudflare's limit on its free and pro plans is 100 MB. */
  readonly maxBodyBytes: number;
  /** Connections of visitors, each stream of HTTP/2 counted as one more. */
  readonly maxConnections: number;
  /** The same of one address, or of one /64 of IPv6; loopback and trusted proxies apart. */
  readonly maxConnectionsPerAddress: number;
  /** Requests that one process of a version may have in flight; each costs it about 50 KB while it waits (workerd 2026-11, measured). */
  readonly maxRequestsPerVersion: number;
  /** The same of WebSockets, about 65 KB each: with both at their bounds a process has room below its 512 MB. */
  readonly maxWebSocketsPerVersion: number;
  /**
   * Calls of other Workers that one Worker may have open, and requests for its own assets that one version may: what a full process of
   * it has in hand. Each is a file or two of the edge's.
   */
  readonly maxCallsPerCaller: number;
  /**
   * Bytes on their way that wait in the edge's memory for visitors or Workers to take them, of all connections together. With what it holds
   * besides the edge then stays below 512 MB.
   */
  readonly maxWaitingBytes: number;
  /** What all Workers together keep by the Cache API. */
  readonly cacheBytes: number;
  /** How long a visitor may take to send the head of a request. */
  readonly headersTimeoutMs: number;
  /** How long a visitor may take to send a whole request. */
  readonly requestTimeoutMs: number;
  /** How long a connection may be idle between requests; longer than the 60 s that proxies in front usually keep theirs. */
  readonly keepAliveTimeoutMs: number;
  /** How long none of an answer's next 64 KiB may go out to a visitor; nginx too waits a minute for a reader. */
  readonly slowReaderTimeoutMs: number;
  /** How long a Worker may take to begin its answer; Cloudflare's proxy waits 100 s. */
  readonly responseTimeoutMs: number;
  /** How long a request is held while its version starts. */
  readonly startTimeoutMs: number;
  /** Once the edge stops: how long requests in flight may go on, and then again work after their answers. */
  readonly drainTimeoutMs: number;
}

export const DEFAULT_LIMITS: EdgeLimits = {
  maxHeaderBytes: 32 * 1024,
  maxBodyBytes: 100_000_000,
  maxConnections: 10_000,
  maxConnectionsPerAddress: 1_000,
  maxRequestsPerVersion: 2_000,
  maxWebSocketsPerVersion: 4_000,
  maxCallsPerCaller: 6_000,
  maxWaitingBytes: 128 * 1024 * 1024,
  cacheBytes: 64 * 1024 * 1024,
  headersTimeoutMs: 15_000,
  requestTimeoutMs: 300_000,
  keepAliveTimeoutMs: 75_000,
  slowReaderTimeoutMs: 60_000,
  responseTimeoutMs: 100_000,
  startTimeoutMs: 15_000,
  drainTimeoutMs: 30_000,
};
