import { OctagonAlert } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { useApi, type Result } from '../../api/index.ts';
import { Icon, VersionChip, versionName, wordsOf, When } from '../../parts/index.ts';
import { counted, dayAndClock, percentage, reasonOf } from '../../words/index.ts';

export type Target = Result<'listRollbackTargets'>[number];

/** What is seen at first, and what each press brings. */
export const FIRST_PAGE = 5;
const NEXT_PAGE = 50;

interface TargetsProps {
  readonly name: string;
  readonly chosenId: string | undefined;
  readonly cursor?: string | undefined;
  readonly limit: number;
  readonly onChoose: (target: Target) => void;
}

/** A page of what one can go back to, the version that left last first, and the pages behind it. Blocked ones stay, with their reason. */
export const Targets = ({ name, chosenId, cursor, limit, onChoose }: TargetsProps) => {
  const [hasMore, setHasMore] = useState(false);
  const query = { limit, ...(cursor !== undefined && { cursor }) };
  const { data, error, refetch } = useApi('listRollbackTargets', { params: { name }, query });
  if (data === undefined)
    return error === null ? (
      <p className="small third">Reading</p>
    ) : (
      <p className="small stop-text">
        {wordsOf(error)}{' '}
        <button type="button" className="link" onClick={() => void refetch()}>
          Try again
        </button>
      </p>
    );
  const { cursor: next, total_count: total = 0 } = data.resultInfo;
  const older = next === undefined ? 0 : total - Number(next);
  return (
    <>
      {data.result.map((target, at) => (
        <OneTarget
          key={target.version_id}
          target={target}
          sameAs={sameAs(target, data.result.slice(0, at))}
          isChosen={target.version_id === chosenId}
          onChoose={() => onChoose(target)}
        />
      ))}
      {older > 0 && !hasMore && (
        <button type="button" className="link small rollback-more" onClick={() => setHasMore(true)}>
          {counted(older, 'older version')}
        </button>
      )}
      {older > 0 && hasMore && <Targets name={name} chosenId={chosenId} cursor={next} limit={NEXT_PAGE} onChoose={onChoose} />}
    </>
  );
};

const reasonsOf = (target: Target): string => target.blockers.map(({ message }) => reasonOf(message, [target])).join('\n');

/** The first above it that is blocked for the very same reasons: a reason is said whole once. */
const sameAs = (target: Target, above: readonly Target[]): Target | undefined =>
  target.blockers.length === 0 ? undefined : above.find((other) => reasonsOf(other) === reasonsOf(target));

interface OneTargetProps {
  readonly target: Target;
  readonly sameAs: Target | undefined;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
}

const OneTarget = ({ target, sameAs: same, isChosen, onChoose }: OneTargetProps) => {
  const { number, look, message, served, percentage: share, blockers, is_last_whole: isLastWhole } = target;
  const isBlocked = blockers.length > 0;
  return (
    <label className={`rollback-target${isChosen ? ' is-chosen' : ''}${isBlocked ? ' is-blocked' : ''}`}>
      <input type="radio" name="target" checked={isChosen} aria-disabled={isBlocked} onChange={() => isBlocked || onChoose()} />
      <span className="rollback-target-head">
        <VersionChip number={number} look={look} />
        <span className="small third">
          {share !== null && share > 0
            ? `now ${percentage(share)}`
            : served?.until != null && <Until at={served.until} share={served.percentage} />}
        </span>
      </span>
      <span className="small second clamp" title={message ?? undefined}>
        {message ?? 'No message'}
      </span>
      {isLastWhole && (
        <span className="caption third">
          The last version to hold 100%
          {served?.held_all_until != null && served.held_all_until !== served.until && (
            <>
              , <Until at={served.held_all_until} />
            </>
          )}
        </span>
      )}
      {served?.held_all !== true && <span className="caption third">Has never had all of the traffic</span>}
      {same !== undefined && <Reason>Blocked for the same reason as {versionName(same.number)}.</Reason>}
      {same === undefined &&
        blockers.map(({ message: why, code }) => (
          <Reason key={why}>
            Blocked. {reasonOf(why, [target])} <span className="third">Code {code}.</span>
          </Reason>
        ))}
    </label>
  );
};

const Reason = ({ children }: { readonly children: ReactNode }) => (
  <span className="caption stop-text rollback-reason">
    <Icon of={OctagonAlert} />
    <span>{children}</span>
  </span>
);

/** `until today 05:00`, `50% until today 05:00` */
const Until = ({ at, share = 100 }: { readonly at: string; readonly share?: number }) => (
  <>
    {share < 100 && `${percentage(share)} `}until <When at={at} as={dayAndClock} />
  </>
);
