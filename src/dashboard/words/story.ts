import type { historyEndpoints, overviewEndpoints, ResultOf } from '../../contract/index.ts';
import { toolName } from './activity.ts';
import { percentage } from './numbers.ts';

/** What a deployment did, as the API tells it. */
export type Story = ResultOf<(typeof historyEndpoints)['listDeploymentHistory']>[number]['story'];

/** What was done last to a Worker: a deployment, a version that was saved, or its making. */
export type LastChange = ResultOf<(typeof overviewEndpoints)['listWorkersOverview']>['workers'][number]['last_change'];

const WHOLE = 100;

const nameOf = (number: number | null): string => (number === null ? 'a deleted version' : `v${number}`);

/** ` at 10%`; of all traffic nothing is said. */
const atShare = (share: number): string => (share === WHOLE ? '' : ` at ${percentage(share)}`);

const listed = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;

const secretsInWords = (names: readonly string[]): string =>
  names.length === 0 ? 'Changed a secret' : `Changed secret${names.length === 1 ? '' : 's'} ${listed(names)}`;

/** `v5 50%, v4 50%`, the newer one first; `v5` where it has all. */
const servingIn = ({ number, percentage: share, other }: Story): string => {
  if (other === null) return `${nameOf(number)}${share === WHOLE ? '' : ` ${percentage(share)}`}`;
  const both = [
    { number, share },
    { number: other.number, share: WHOLE - share },
  ];
  return both
    .toSorted((a, b) => (b.number ?? 0) - (a.number ?? 0))
    .map((each) => `${nameOf(each.number)} ${percentage(each.share)}`)
    .join(', ');
};

type Said = (story: Story) => string;

const WORDS = {
  started: ({ number, percentage: share }) => `Started ${nameOf(number)} at ${percentage(share)}`,
  raised: ({ number, percentage: share }) => `Raised ${nameOf(number)} to ${percentage(share)}`,
  lowered: ({ number, percentage: share }) => `Lowered ${nameOf(number)} to ${percentage(share)}`,
  deployed: ({ number, percentage: share }) => `Deployed ${nameOf(number)}${atShare(share)}`,
  rolled_back: ({ number, percentage: share }) => `Rolled back to ${nameOf(number)}${atShare(share)}`,
  changed_secret: (story) => `${secretsInWords(story.secrets)}, deployed as ${servingIn(story)}`,
  changed_settings: (story) => `Changed settings, deployed as ${servingIn(story)}`,
  repeated: ({ number, percentage: share }) => `Deployed ${nameOf(number)}${atShare(share)} again`,
} as const satisfies Record<Story['kind'], Said>;

/** `Raised v42 to 10%`, `Rolled back to v31`, `Changed secret SMTP_KEY` */
export const storyInWords = (story: Story): string => WORDS[story.kind](story);

/** The same behind whoever did it: `sam@example.com raised v42 to 10%`. */
export const storyOfSomebody = (story: Story): string => {
  const words = storyInWords(story);
  return words.charAt(0).toLowerCase() + words.slice(1);
};

/** The same of whatever was done last: also `Saved v43`, `Created`. */
export const changeInWords = ({ kind, number, story }: LastChange): string => {
  if (story !== null) return storyInWords(story);
  return kind === 'saved' ? `Saved ${nameOf(number)}` : 'Created';
};

const TRIGGERS: Readonly<Record<string, string>> = {
  upload: 'An upload that was deployed at once',
  version_upload: 'An upload without traffic',
  deployment: 'A deployment',
  rollback: 'A rollback',
  secret: 'A change of secrets',
};

/** What led to a version or a deployment: `A change of secrets`. */
export const triggerInWords = (trigger: string): string => TRIGGERS[trigger] ?? trigger;

/** `sam@example.com, dashboard`: who, and by which tool, as far as it is known. */
export const byWhom = ({ author, source }: { readonly author: string | null; readonly source: string | null }): string =>
  [author, source === null ? undefined : toolName(source)].filter(Boolean).join(', ');
