import { useEffect, useState, type ComponentType, type ReactNode } from 'react';
import { lookForOwnVersion, ownScript, useLive } from '../api/index.ts';
import { Banner, UNREACHED_WORDS } from './banner.tsx';
import { Button } from './button.tsx';
import './late.css';

interface LateOptions<Props> {
  /** What is missing when it does not come: `The chart did not load.` */
  readonly what: string;
  readonly bones?: ReactNode;
  /** Around what is said then, where it cannot stand by itself. */
  readonly frame?: (lost: ReactNode, props: Props) => ReactNode;
  /** There is nothing else that somebody could have typed into: the page is loaded anew by itself once that may help. */
  readonly isPage?: boolean;
}

/**
 * A part of the dashboard that is loaded when it is needed. One that does not come says so in its place, and the rest of the page
 * stays. A browser does not ask again for a module that it did not get once: only a new load of the page helps.
 */
export const late = <Props extends object>(load: () => Promise<ComponentType<Props>>, options: LateOptions<Props>) => {
  const { what, bones = null, frame, isPage = false } = options;
  let known: ComponentType<Props> | undefined;
  const fetched = async (): Promise<ComponentType<Props>> => (known ??= await load());
  const Late = (props: Props): ReactNode => {
    const [Part, setPart] = useState(() => known);
    const [isLost, setIsLost] = useState(false);
    useEffect(() => {
      if (Part !== undefined) return undefined;
      let isGone = false;
      fetched().then(
        (loaded) => isGone || setPart(() => loaded),
        () => isGone || setIsLost(true),
      );
      return () => void (isGone = true);
    }, [Part]);
    if (Part !== undefined) return <Part {...props} />;
    if (!isLost) return bones;
    const lost = <Lost what={what} isPage={isPage} />;
    return frame === undefined ? lost : frame(lost, props);
  };
  /** Before it is needed. What fails is told when it is. */
  const preload = (): Promise<void> =>
    fetched().then(
      () => undefined,
      () => undefined,
    );
  return Object.assign(Late, { preload });
};

export const OUTDATED = 'The server has another version of the dashboard by now.';

const WORDS = { same: 'A file of it did not come.', other: OUTDATED, away: UNREACHED_WORDS } as const;

const Lost = ({ what, isPage }: { readonly what: string; readonly isPage: boolean }) => {
  const [found, setFound] = useState<keyof typeof WORDS>('same');
  const isAway = useLive().away !== undefined;
  useEffect(() => {
    void lookForOwnVersion().then((version) => {
      setFound(version ?? 'away');
      if (isPage && version !== undefined) loadAnewOnce();
    });
    // Also when the server is back.
  }, [isPage, isAway]);
  return (
    <div className="lost">
      <Banner kind="stop" action={<LoadAnew />}>
        <strong className="strong">{what}</strong> {WORDS[found]}
      </Banner>
    </div>
  );
};

/** Not where nobody answers: what is on the page stays. */
export const LoadAnew = () => {
  const [isAsking, setIsAsking] = useState(false);
  const ask = async (): Promise<void> => {
    setIsAsking(true);
    if ((await lookForOwnVersion()) !== undefined) window.location.reload();
    setIsAsking(false);
  };
  return (
    <Button working={isAsking ? 'Asking the server' : undefined} onClick={() => void ask()}>
      Load the page again
    </Button>
  );
};

const LOADED_ANEW = 'switchback-loaded-anew';

/** One that brought the same dashboard to the same place did not help, and is not done again by itself. */
const loadAnewOnce = (): void => {
  const here = `${ownScript()} ${window.location.pathname}`;
  if (sessionStorage.getItem(LOADED_ANEW) === here) return;
  sessionStorage.setItem(LOADED_ANEW, here);
  window.location.reload();
};
