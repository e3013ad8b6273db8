export { addressOf, ApiFailure, call, fetchRaw, type Answer, type Call, type EndpointName, type Result } from './client.ts';
export { queries, readOf, refresh, useApi } from './queries.ts';
export { currentSession, forgetSession, signIn, signOut, type Session } from './session.ts';
export { watchCounts, type LiveCount } from './counts.ts';
export { listen, onChange, useLive, type Change, type Edge, type Live } from './live.ts';
export { useAct } from './use-act.ts';
