import { expectedRequests, percentageOf, WHOLE, type Share, type VersionShare } from '../../../domain/index.ts';
import { count, percentage } from '../../words/index.ts';
import { isSame, shareIn } from './draft.ts';

type Split = readonly Pick<VersionShare, 'versionId' | 'share'>[];

interface Situation {
  /** Empty where nothing is deployed. */
  readonly now: Split;
  /** The new version first. */
  readonly next: Split;
  /** Requests a minute; undefined where nobody can tell. */
  readonly perMinute: number | undefined;
  readonly nameOf: (versionId: string) => string;
}

/** Amounts of one deployment, in requests a minute where they were measured, else in per cent. */
interface Amounts {
  /** `1,200 requests a minute`, `requests` */
  readonly all: string;
  readonly of: (share: Share) => string;
  /** What is left of all beside such a share, so that both add up. */
  readonly beside: (share: Share) => string;
  readonly about: string;
}

const inPercent = (share: Share): string => percentage(percentageOf(share));

const FEW = 'fewer than one';

const amountsAt = (perMinute: number | undefined): Amounts => {
  if (!isMeasured(perMinute)) return { all: 'requests', of: inPercent, beside: (share) => inPercent(WHOLE - share), about: '' };
  const parts = (share: Share) => expectedRequests([{ share }, { share: WHOLE - share }], perMinute);
  const of = (share: Share): string => {
    const [amount = 0] = parts(share);
    return amount === 0 && share > 0 ? FEW : count(amount);
  };
  const beside = (share: Share): string => count(parts(share)[1] ?? 0);
  const total = Math.round(perMinute);
  return { all: `${count(total)} ${total === 1 ? 'request' : 'requests'} a minute`, of, beside, about: 'about ' };
};

/** Of less than one request a minute no share can be told. */
export const isMeasured = (perMinute: number | undefined): perMinute is number => perMinute !== undefined && Math.round(perMinute) > 0;

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** What will happen to requests, in words. */
export const consequenceOf = (situation: Situation): string => {
  const { now, next, perMinute, nameOf } = situation;
  const [chosen, other] = next;
  if (chosen === undefined) return '';
  const name = nameOf(chosen.versionId);
  const amounts = amountsAt(perMinute);
  if (isSame(now, next)) return `Nothing changes: ${name} keeps ${inPercent(chosen.share)}.`;
  if (now.length === 0) return firstOf(name, chosen.share, other && nameOf(other.versionId));
  const isNamed = (id: string): boolean => next.some(({ versionId }) => versionId === id);
  const leaving = now.filter(({ versionId, share }) => share > 0 && !isNamed(versionId)).map(({ versionId }) => nameOf(versionId));
  return [mainOf(situation, amounts), ...leaving.map((gone) => `${gone} gets none.`)].join(' ');
};

const firstOf = (name: string, share: Share, other: string | undefined): string => {
  if (other === undefined) return `The first deployment: ${name} will answer every request.`;
  return `The first deployment: ${name} will answer ${inPercent(share)} of requests, ${other} the other ${inPercent(WHOLE - share)}.`;
};

const mainOf = ({ now, next, nameOf }: Situation, { all, of, beside, about }: Amounts): string => {
  const [chosen, other] = next;
  if (chosen === undefined) return '';
  const name = nameOf(chosen.versionId);
  const before = shareIn(now, chosen.versionId);
  const said = (share: Share): string => (of(share) === FEW ? FEW : `${about}${of(share)}`);
  const from = before === 0 ? '' : `, ${before > chosen.share ? 'down' : 'up'} from ${said(before)}`;
  if (other === undefined) return `All ${all} will get ${name}${before === WHOLE ? '' : from}.`;
  const stays = shareIn(now, other.versionId) >= other.share;
  const rest = stays ? `stay on ${nameOf(other.versionId)}` : `go to ${nameOf(other.versionId)}`;
  if (chosen.share === 0) return `No request will get ${name}, unless its header asks for it. All ${all} ${rest}.`;
  const isFew = of(chosen.share) === FEW;
  const start = `${sentence(said(chosen.share))} of ${all} will get ${name}${before === chosen.share ? '' : from}.`;
  return `${start} The ${isFew ? 'others' : `other ${beside(chosen.share)}`} ${rest}.`;
};

interface KnownEdge {
  readonly id: string;
  readonly connected: boolean;
}

/** Who follows, and how soon; undefined: nobody knows the edges yet. */
export const edgesInWords = (edges: readonly KnownEdge[] | undefined): string => {
  if (edges === undefined) return 'Every edge that is connected follows within about a second.';
  const there = edges.filter(({ connected }) => connected);
  const away = edges.filter(({ connected }) => !connected).map(({ id }) => id);
  if (there.length === 0) return 'No edge is connected: it is served as soon as one is.';
  if (away.length > 0)
    return `${there.length} of ${edges.length} edges follow within about a second; ${away.join(', ')} ${away.length === 1 ? 'is' : 'are'} not connected, and will follow.`;
  return there.length === 1 ? 'The edge follows within about a second.' : `All ${there.length} edges follow within about a second.`;
};
