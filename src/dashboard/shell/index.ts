export { textsOf, useAddress, useGo, type Search } from './address.ts';
export { useAskBeforeLeaving } from './leaving.ts';
export { Shell } from './shell.tsx';
export { SignIn } from './sign-in.tsx';
export { singleKeys, useKeys, type KeyMap } from './keys.ts';
export { applyTheme } from './theme.ts';
