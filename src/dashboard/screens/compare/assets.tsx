import { bytes, count } from '../../words/index.ts';
import type { Differences } from './compare.tsx';

type File = Differences['assets']['files'][number];

const MOST_LISTED = 500;

export const Assets = ({ differences: { assets } }: { readonly differences: Differences }) => (
  <section id="assets" className="section" aria-labelledby="assets-heading">
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
      <ul className="rows">
        {assets.files.map((file) => (
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
    )}
    {assets.differing > MOST_LISTED && (
      <p className="small third">
        These are the first {count(MOST_LISTED)} of {count(assets.differing)}.
      </p>
    )}
  </section>
);

/** `48.2 kB, +0.9 kB` */
const sizes = ({ size, size_before: before }: File): string => {
  if (size === null) return before === null ? '' : `${bytes(before)} less`;
  if (before === null) return bytes(size);
  const more = size - before;
  return more === 0 ? `${bytes(size)}, same` : `${bytes(size)}, ${more > 0 ? '+' : '−'}${bytes(Math.abs(more))}`;
};
