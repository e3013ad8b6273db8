import { Link } from '@tanstack/react-router';
import { Banner, Button, newerFirst, versionName } from '../../parts/index.ts';
import { percentage } from '../../words/index.ts';
import type { Active } from './use-serving.ts';

interface StaleBannerProps {
  readonly name: string;
  /** What somebody else deployed. */
  readonly active: Active;
  /** What the form was made for. */
  readonly seen: Active | undefined;
  readonly onStartOver: () => void;
}

/** `v43 at 100%`, of the newer version. */
const inWords = ({ versions }: Active): string => {
  const [newer] = newerFirst(versions);
  return newer === undefined ? 'nothing' : `${versionName(newer.number)} at ${percentage(newer.percentage)}`;
};

/** Somebody deployed meanwhile: nothing of the form can be sent until it is made anew. */
export const StaleBanner = ({ name, active, seen, onStartOver }: StaleBannerProps) => (
  <div className="traffic-stale">
    <Banner
      action={
        <Button isSmall onClick={onStartOver}>
          Start over
        </Button>
      }
    >
      <strong className="strong">
        {active.author} deployed {inWords(active)} while you were here.
      </strong>{' '}
      {seen === undefined ? 'Your change was made for a Worker without a deployment.' : `Your change was made for ${inWords(seen)}.`}{' '}
      <Link to="/workers/$name/deployments/$id" params={{ name, id: active.id }} search={{}} className="link">
        See the change
      </Link>
    </Banner>
  </div>
);
