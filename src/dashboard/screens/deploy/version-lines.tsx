import { When } from '../../parts/index.ts';
import { dayAndClock } from '../../words/index.ts';
import type { Candidate } from '../traffic/index.ts';

/** What is in it, and who made it when. */
export const VersionLines = ({ version }: { readonly version: Candidate }) => (
  <span className="deploy-lines">
    <span>{version.message === '' ? <span className="third">No message</span> : version.message}</span>
    <span className="caption third">
      {version.author}, <When at={version.at} as={dayAndClock} />
      {version.tag !== '' && `, ${version.tag}`}
    </span>
  </span>
);
