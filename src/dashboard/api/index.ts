export { addressOf, ApiFailure, call, caller, fetchRaw, type Answer, type Call, type EndpointName, type Result } from './client.ts';
export { queries, readOf, refresh, UNCHANGING, useApi } from './queries.ts';
export { currentSession, signIn, signOut, useHasEnded, useIsGone, whenForgotten, whenLeft, type Session } from './session.ts';
export { watchCounts, type LiveCount } from './counts.ts';
export { listen, onChange, useLive, type Change, type Edge, type Live } from './live.ts';
export { lookForOwnVersion, ownScript, useIsOutdated } from './own-version.ts';
export { useAct } from './use-act.ts';
