import { useEffect, useRef } from 'react';

/** Keys by what is pressed: `r`, `?`, `g w` (one after the other), `mod+k`. Letters are lower case. */
export type KeyMap = Readonly<Record<string, () => void>>;

const KEY = 'switchback-single-keys';
const SECOND_WITHIN_MS = 1_200;

/** Single letters can be turned off (WCAG 2.1.4). */
export const singleKeys = {
  areOn: (): boolean => localStorage.getItem(KEY) !== 'off',
  turn: (isOn: boolean): void => localStorage.setItem(KEY, isOn ? 'on' : 'off'),
};

const maps: KeyMap[] = [];
let first: { readonly key: string; readonly until: number } | undefined;

const isField = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    (target.matches('input, textarea, select') && !target.matches('[type=radio], [type=checkbox], [type=range]')));

const isBehind = (): boolean => document.querySelector('dialog[open]') !== null;

const pressed = (event: KeyboardEvent): string | undefined => {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (event.ctrlKey || event.metaKey) return event.altKey ? undefined : `mod+${key}`;
  // Single letters never fire in a field.
  return event.altKey || isField(event.target) || isBehind() ? undefined : key;
};

const listen = (event: KeyboardEvent): void => {
  if (event.defaultPrevented || event.isComposing) return;
  const key = pressed(event);
  if (key === undefined) return;
  if (!key.startsWith('mod+') && key.length === 1 && !singleKeys.areOn()) return;
  const pair = first !== undefined && first.until > event.timeStamp ? `${first.key} ${key}` : undefined;
  first = undefined;
  // The map that came last is the most particular.
  for (const map of maps.toReversed()) {
    const act = (pair === undefined ? undefined : map[pair]) ?? map[key];
    if (act === undefined) continue;
    event.preventDefault();
    // Behind a dialog the page is out of reach, and the browser's own meaning of the keys is of no use.
    if (!isBehind()) act();
    return;
  }
  if (maps.some((map) => Object.keys(map).some((name) => name.startsWith(`${key} `))))
    first = { key, until: event.timeStamp + SECOND_WITHIN_MS };
};

/** Keys that hold while the component is there. They only open and go: none of them alone changes traffic. */
export const useKeys = (map: KeyMap): void => {
  const latest = useRef(map);
  latest.current = map;
  const names = Object.keys(map).join();
  useEffect(() => {
    const mine: KeyMap = Object.fromEntries(names.split(',').map((name) => [name, () => latest.current[name]?.()]));
    if (maps.length === 0) window.addEventListener('keydown', listen);
    maps.push(mine);
    return () => {
      maps.splice(maps.indexOf(mine), 1);
      if (maps.length === 0) window.removeEventListener('keydown', listen);
    };
  }, [names]);
};
