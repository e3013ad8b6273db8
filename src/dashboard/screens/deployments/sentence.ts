import { percentage, storyInWords, type Story } from '../../words/index.ts';
import { versionName } from '../../parts/index.ts';

/** What a deployment did, in a sentence: `Raised v42 from 5% to 10%, beside v41.` */
export const storyInASentence = (story: Story): string => {
  const { kind, number, other, percentage: after, percentage_before: before } = story;
  const name = versionName(number);
  const beside = other === null ? '' : `, beside ${versionName(other.number)}`;
  const left = other === null ? '' : `; ${versionName(other.number)} left`;
  const from = `from ${percentage(before)} to ${after === 100 ? 'all traffic' : percentage(after)}`;
  switch (kind) {
    case 'started':
      return after === 0
        ? `Made ${name} reachable by override header, without traffic${beside}.`
        : `Gave ${name} its first share of traffic, ${percentage(after)}${beside}.`;
    case 'raised':
      return `Raised ${name} ${from}${after === 100 ? left : beside}.`;
    case 'lowered':
      return `Lowered ${name} ${from}${beside}.`;
    case 'deployed':
      return other === null
        ? `Gave all traffic to ${name}, as the first.`
        : `Gave all traffic to ${name}, in place of ${versionName(other.number)}.`;
    case 'rolled_back':
      return after === 100 ? `Gave all traffic back to ${name}${left}.` : `Gave traffic back to ${name}, ${percentage(after)}${beside}.`;
    case 'changed_secret':
    case 'changed_settings':
      return `${storyInWords(story)}. The code and the shares stayed as they were.`;
    case 'repeated':
      return 'Made the same deployment once more: nothing changed for traffic.';
  }
};
