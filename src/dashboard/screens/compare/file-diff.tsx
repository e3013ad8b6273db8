import { useEffect, useRef } from 'react';
import { Bones, Loaded, VersionChip, versionName } from '../../parts/index.ts';
import type { Side } from './compare.tsx';
import { openBeside, openInOne, type DiffView } from './diff-view.ts';
import { useTexts, type Sides } from './module-texts.ts';

interface FileDiffProps extends Sides {
  readonly way: 'beside' | 'one';
  readonly isFolded: boolean;
  /** It is on the page, and one can walk through it; undefined when it is not any more. */
  readonly onOpened: (view: DiffView | undefined) => void;
}

const bones = <Bones lines={[70, 50, 60, 80]} />;

export const FileDiff = (props: FileDiffProps) => {
  const { before, after } = useTexts(props);
  return (
    <div className="compare-diff">
      <Loaded from={before} bones={bones} what="The older code did not load.">
        {(old) => (
          <Loaded from={after} bones={bones} what="The newer code did not load.">
            {(fresh) => <Shown {...props} before={old} after={fresh} />}
          </Loaded>
        )}
      </Loaded>
    </div>
  );
};

const nameOf = (side: Side | undefined): string => (side === undefined ? 'neither' : versionName(side.number));

const Shown = (props: FileDiffProps & { readonly before: string; readonly after: string }) => {
  const { before, after, module, baseline, version, way, isFolded } = props;
  const place = useRef<HTMLDivElement>(null);
  const latest = useRef(props);
  latest.current = props;
  const names = `${nameOf(baseline)} ${nameOf(version)}`;
  useEffect(() => {
    if (place.current === null) return undefined;
    const [older = '', newer = ''] = names.split(' ');
    const open = way === 'beside' ? openBeside : openInOne;
    const view = open(place.current, { module, before, after, names: [older, newer], isFolded });
    latest.current.onOpened(view);
    return () => {
      latest.current.onOpened(undefined);
      view.close();
    };
  }, [before, after, module, names, way, isFolded]);
  return (
    <>
      {way === 'beside' && (
        <div className="compare-diff-sides">
          <span>{baseline && <VersionChip {...baseline} />}</span>
          <span>{version && <VersionChip {...version} />}</span>
        </div>
      )}
      <div ref={place} className={`is-${way}`} />
    </>
  );
};
