import { useEffect, useState } from 'react';
import type { Differences } from './compare.tsx';
import { configurationRows } from './configuration-rows.ts';

type Part = 'behaviour' | 'configuration' | 'code' | 'assets';

const PARTS: readonly Part[] = ['behaviour', 'configuration', 'code', 'assets'];

/** A part is looked at once its head is in the upper half. */
const LOOKED_AT = 0.4;

const partInView = (): Part => {
  const { scrollHeight } = document.documentElement;
  const isAtEnd = window.scrollY > 0 && window.scrollY + window.innerHeight >= scrollHeight - 2;
  if (isAtEnd) return 'assets';
  const topOf = (part: Part): number => document.getElementById(part)?.getBoundingClientRect().top ?? Infinity;
  return PARTS.findLast((part) => topOf(part) < window.innerHeight * LOOKED_AT) ?? 'behaviour';
};

/** Where somebody is on the page: where they went by a tab, until they scroll themselves. */
const usePartInView = (): readonly [Part, (part: Part) => void] => {
  const [inView, setInView] = useState<Part>('behaviour');
  const [gone, setGone] = useState<Part>();
  useEffect(() => {
    const look = (): void => setInView(partInView());
    const leave = (): void => setGone(undefined);
    const own = ['wheel', 'touchmove', 'keydown'] as const;
    window.addEventListener('scroll', look, { passive: true });
    for (const kind of own) window.addEventListener(kind, leave, { passive: true });
    return () => {
      window.removeEventListener('scroll', look);
      for (const kind of own) window.removeEventListener(kind, leave);
    };
  }, []);
  return [gone ?? inView, setGone];
};

/** What there is on the page, with how much of it. */
export const PageTabs = ({ differences }: { readonly differences: Differences }) => {
  const [at, go] = usePartInView();
  const files = differences.modules.differing.length;
  const parts = [
    ['behaviour', 'Behaviour', ''],
    ['configuration', 'Configuration', String(configurationRows(differences).length)],
    ['code', 'Code', `${files} ${files === 1 ? 'file' : 'files'}`],
    ['assets', 'Assets', String(differences.assets.differing)],
  ] as const;
  return (
    <nav className="tabs compare-tabs" aria-label="Of the comparison">
      {parts.map(([id, text, more]) => (
        <a key={id} href={`#${id}`} aria-current={id === at ? 'page' : undefined} onClick={() => go(id)}>
          {text} <span className="count">{more}</span>
        </a>
      ))}
    </nav>
  );
};
