import { useEffect, useRef } from 'react';
import { Find } from '../../parts/index.ts';
import { useAddress } from '../../shell/index.ts';
import { bytes, count } from '../../words/index.ts';
import type { Differences } from './compare.tsx';

type File = Differences['assets']['files'][number];

const MOST_LISTED = 500;

/** From so many on they are looked through by a part of their path. */
const MANY = 20;

export const Assets = ({ differences: { assets } }: { readonly differences: Differences }) => {
  const place = useRef<HTMLElement>(null);
  const [{ file: asked = '' }, change] = useAddress();
  useEffect(() => (location.hash === '#assets' && place.current !== null ? keepInSight(place.current) : undefined), []);
  const isMany = assets.files.length > MANY;
  // Of two others there may be few, and then nothing that would clear it.
  const wanted = isMany ? asked : '';
  const shown = assets.files.filter(({ path }) => path.toLowerCase().includes(wanted.trim().toLowerCase()));
  return (
    <section ref={place} id="assets" className="section" aria-labelledby="assets-heading">
      <div className="section-head">
        <h2 id="assets-heading" className="heading">
          Assets
        </h2>
        {assets.same > 0 && (
          <p className="small third">{assets.same === 1 ? '1 file is the same' : `${count(assets.same)} files are the same`}</p>
        )}
      </div>
      {assets.files.length === 0 ? (
        <p className="second">{assets.same === 0 ? 'Neither version has files.' : 'Nothing differs.'}</p>
      ) : (
        <>
          {isMany && (
            <Find label="Find in the files that differ" value={wanted} onChange={(text) => change({ file: text || undefined }, false)} />
          )}
          {shown.length === 0 && <p className="second">No file that differs has that in its path.</p>}
          <ul className="rows">
            {shown.map((file) => (
              <li key={file.path} className="compare-asset">
                <span className="mono">{file.path}</span>
                <span className="second">
                  {file.replaces === null ? (
                    file.change
                  ) : (
                    <>
                      replaces <span className="mono">{file.replaces.split('/').at(-1)}</span>
                    </>
                  )}
                </span>
                <span className="r">{sizes(file)}</span>
              </li>
            ))}
          </ul>
        </>
      )}
      {assets.differing > MOST_LISTED && (
        <p className="small third">
          These are the first {count(MOST_LISTED)} of {count(assets.differing)}.
        </p>
      )}
    </section>
  );
};

const SIGNS_OF_LIFE = ['wheel', 'pointerdown', 'touchstart', 'keydown'] as const;

/** Who comes for the files came before there were any; what loads above pushes them away, until somebody goes elsewhere. Answers how to stop. */
const keepInSight = (place: HTMLElement): (() => void) => {
  const watch = new ResizeObserver(() => place.scrollIntoView());
  const leaving = new AbortController();
  const leave = (): void => {
    watch.disconnect();
    leaving.abort();
  };
  watch.observe(place.parentElement ?? place);
  for (const sign of SIGNS_OF_LIFE) window.addEventListener(sign, leave, { passive: true, signal: leaving.signal });
  return leave;
};

/** `48.2 kB, +0.9 kB` */
const sizes = ({ size, size_before: before }: File): string => {
  if (size === null) return before === null ? '' : `${bytes(before)} less`;
  if (before === null) return bytes(size);
  const more = size - before;
  return more === 0 ? `${bytes(size)}, same` : `${bytes(size)}, ${more > 0 ? '+' : '−'}${bytes(Math.abs(more))}`;
};
