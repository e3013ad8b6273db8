import { Link } from '@tanstack/react-router';
import { Banner, Button, versionName, When } from '../../parts/index.ts';
import { byWhom, storyOfSomebody, type Story } from '../../words/index.ts';
import type { Base } from './files.ts';

interface Newest {
  readonly version_id: string;
  readonly number: number;
  readonly author: string;
  readonly source: string;
  readonly at: string;
}

interface NoticesProps {
  readonly name: string;
  readonly base: Base;
  readonly newest: Newest;
  /** What was deployed since the page was opened; undefined where nothing was. */
  readonly deployed: { readonly author: string; readonly story: Story } | undefined;
  readonly isChanged: boolean;
  readonly isUnkept: boolean;
  readonly onGoBy: () => void;
  readonly onOpenNewest: () => void;
}

/** What others did that this edit does not have. Nothing of theirs is overwritten without it being said. */
export const Notices = ({ name, base, newest, deployed, isChanged, isUnkept, onGoBy, onOpenNewest }: NoticesProps) => (
  <div className="editor-notices">
    {isUnkept && (
      <Banner>
        <strong className="strong">This browser has no room to keep the edit.</strong> It is lost with this page: save it before you leave.
      </Banner>
    )}
    {newest.version_id !== base.id && (
      <Banner
        action={
          <span className="editor-ways">
            <Link
              to="/workers/$name/compare"
              params={{ name }}
              search={{ version: newest.version_id, baseline: base.id }}
              className="button is-small"
            >
              Compare {versionName(base.number)} with {versionName(newest.number)}
            </Link>
            <Button isSmall onClick={onOpenNewest}>
              Open {versionName(newest.number)}
            </Button>
          </span>
        }
      >
        <strong className="strong">{versionName(newest.number)} is newer.</strong> {byWhom(newest)} saved it <When at={newest.at} />.{' '}
        {isChanged ? 'Your edit was made' : 'This is opened'} from {versionName(base.number)}: what {versionName(newest.number)} changed is
        not in it.
      </Banner>
    )}
    {deployed !== undefined && (
      <Banner
        action={
          <Button isSmall onClick={onGoBy}>
            Go by what serves now
          </Button>
        }
      >
        <strong className="strong">
          {deployed.author} {storyOfSomebody(deployed.story)} while you were here.
        </strong>{' '}
        This page goes by what served before, and deploys nothing over it.
      </Banner>
    )}
  </div>
);
