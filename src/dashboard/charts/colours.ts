/** Colours as they are now: a canvas does not follow the theme by itself. */
export interface Colours {
  readonly of: (token: string) => string;
  readonly font: string;
}

/** `light-dark()` in a custom property is only decided where it is used, so it is asked of an element. */
export const coloursIn = (element: HTMLElement): Colours => {
  const probe = element.ownerDocument.createElement('i');
  probe.hidden = true;
  // Where colours are forced the versions' stay, as in the bar: nothing else tells their lines apart.
  probe.style.setProperty('forced-color-adjust', 'none');
  element.append(probe);
  const known = new Map<string, string>();
  const of = (token: string): string => {
    const found = known.get(token);
    if (found !== undefined) return found;
    probe.style.color = `var(${token})`;
    const colour = getComputedStyle(probe).color;
    known.set(token, colour);
    return colour;
  };
  for (const token of TOKENS) of(token);
  const font = getComputedStyle(element).fontFamily;
  probe.remove();
  return { of: (token) => known.get(token) ?? 'gray', font };
};

const TOKENS = [
  '--ink',
  '--ink-2',
  '--ink-3',
  '--edge',
  '--line',
  '--page',
  '--stable',
  '--stable-soft',
  '--new',
  '--new-soft',
  '--past-1',
  '--past-2',
];

/** Calls back when the theme changes, by choice or with the system's. Answers how to leave. */
export const onTheme = (hear: () => void): (() => void) => {
  const chosen = new MutationObserver(hear);
  chosen.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
  const system = window.matchMedia('(prefers-color-scheme: dark)');
  system.addEventListener('change', hear);
  return () => {
    chosen.disconnect();
    system.removeEventListener('change', hear);
  };
};
