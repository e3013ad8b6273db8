import { ArrowRightLeft } from 'lucide-react';
import { useState } from 'react';
import { ApiFailure, useApi, useLive } from '../../api/index.ts';
import { percentageOf, WHOLE } from '../../../domain/index.ts';
import {
  Banner,
  Bones,
  Button,
  Cancel,
  Consequence,
  Dialog,
  Loaded,
  Refusal,
  TextField,
  useRested,
  versionName,
} from '../../parts/index.ts';
import { percentage } from '../../words/index.ts';
import { announce, sharesOf, StaleBanner, tagOf, wayBackTo, type Active, type Candidate, type Serving } from '../traffic/index.ts';
import { Checks } from './checks.tsx';
import { consequenceOf, edgesInWords, isMeasured } from './consequence.ts';
import { isSame, shareIn, splitOf, swapped, withNew, withOther, type Draft } from './draft.ts';
import { SecretsQuestion } from './secrets-question.tsx';
import { SplitControl } from './split-control.tsx';
import { deployed, useMove, type Deployed } from './use-deploy.ts';
import { VersionPicker } from './version-picker.tsx';

interface DeployFormProps {
  readonly title: string;
  readonly aside: string;
  readonly name: string;
  readonly serving: Serving;
  readonly proposal: Draft;
  /** The version that was asked for may not be deployed: another is proposed. */
  readonly isOther: boolean;
  readonly onClose: () => void;
  readonly onStartOver: () => void;
}

export const DeployForm = ({ name, serving, proposal, isOther, onClose, onStartOver, ...frame }: DeployFormProps) => {
  const { active, candidates, perMinute } = serving;
  const [seen] = useState(active);
  // What served then may be too old to be among those that may be deployed now: it is named all the same.
  const [known] = useState(candidates);
  const [isOtherThanAsked] = useState(isOther);
  const [draft, setDraft] = useState(proposal);
  const [message, setMessage] = useState('');
  const [fault, setFault] = useState<string>();
  const [hasMoved, setHasMoved] = useState(false);
  const [answered, setAnswered] = useState('');
  const { edges } = useLive();
  const now = sharesOf(active);
  const next = splitOf(draft);
  const change = (to: Draft): void => {
    setHasMoved(true);
    setDraft(to);
  };
  const chosen = (id: string | undefined): Candidate | undefined => [...candidates, ...known].find((candidate) => candidate.id === id);
  const numberOf = (id: string | undefined): number | null => chosen(id)?.number ?? numberIn([active, seen], id);
  const nameOf = (id: string | undefined): string => versionName(numberOf(id));

  const asked = useRested(next.map(({ versionId, share }) => `${versionId}@${percentageOf(share)}`).join());
  const preflight = useApi('preflightDeployment', { params: { script_name: name }, query: { versions: asked } }, { keepsPrevious: true });
  // An answer holds for the versions that it was given for; their shares change nothing in it.
  const pair = next.map(({ versionId }) => versionId).join();
  const report = preflight.data?.result;
  const isOfThese = report !== undefined && report.versions.map(({ version_id: id }) => id).join() === pair;
  const needsAnswer = isOfThese && report.needs_force;
  const isAnswered = answered === pair;

  const { move, isWorking, error } = useMove(name);
  const made = (answer: Deployed): void => {
    const shown = next.map(({ versionId, share }, at) => ({
      id: versionId,
      number: numberOf(versionId),
      percentage: percentageOf(share),
      look: at === 0 ? ('new' as const) : ('stable' as const),
    }));
    const text = `${nameOf(draft.newId)} now gets ${percentage(percentageOf(next[0]?.share ?? WHOLE))}.`;
    announce({ worker: name, answer, versions: shown, text, before: wayBackTo(seen, draft.newId) });
    onClose();
  };
  const isStale = !isWorking && active !== undefined && active.id !== seen?.id;
  const why = isStale
    ? 'What serves has changed: see the change, or start over.'
    : fault !== undefined
      ? fault
      : isOfThese && !report.allowed
        ? 'Blocked: see the first check'
        : needsAnswer && !isAnswered
          ? 'Secrets changed: say first whether the old values are to be used.'
          : isSame(now, next)
            ? 'Nothing would change.'
            : undefined;
  const act = (): void => {
    if (why !== undefined || isWorking) return;
    const versions = next.map(({ versionId, share }) => ({ version_id: versionId, percentage: percentageOf(share) }));
    const wanted = { versions, message, isForced: needsAnswer && isAnswered, ifMatch: tagOf(seen) };
    void move(async () => made(await deployed(name, wanted)));
  };
  const share = percentage(percentageOf(next[0]?.share ?? WHOLE));
  const isBlocked = isOfThese && !report.allowed;
  const back = wayBack(now, draft.newId);
  return (
    <Dialog
      {...frame}
      onClose={onClose}
      onSubmit={act}
      hasTyped={message !== '' || hasMoved}
      foot={
        <>
          <p className={why === undefined || isBlocked ? undefined : 'is-why'}>
            {why !== undefined && !isBlocked ? (
              why
            ) : back === undefined ? null : (
              <>
                If it goes wrong, press <kbd>R</kbd> to roll back to {nameOf(back)}.
              </>
            )}
          </p>
          <Cancel />
          <Button
            kind="main"
            type="submit"
            why={why}
            working={isWorking ? 'Deploying' : undefined}
            data-first={draft.otherId === undefined ? '' : undefined}
          >
            {isBlocked ? 'Blocked: see the first check' : `Deploy ${nameOf(draft.newId)} at ${share}`}
          </Button>
        </>
      }
    >
      {isStale && <StaleBanner name={name} active={active} seen={seen} onStartOver={onStartOver} />}
      {error !== undefined && !(isStale && error instanceof ApiFailure && error.status === 412) && (
        <div className="deploy-refusal">
          <Refusal what="Not deployed." error={error} />
        </div>
      )}
      {isOtherThanAsked && (
        <div className="deploy-refusal">
          <Banner>
            The version that was asked for cannot be deployed: it was deleted, or too many newer ones were made since. Another one is
            proposed.
          </Banner>
        </div>
      )}
      <div className="deploy-pickers">
        <VersionPicker
          label="New version"
          look="new"
          candidates={candidates}
          chosen={chosen(draft.newId)}
          onChoose={(id) => id !== undefined && change(withNew(draft, id, now))}
        />
        <Button
          kind="quiet"
          icon={ArrowRightLeft}
          name="Change places"
          why={draft.otherId === undefined ? 'There is no second version.' : undefined}
          onClick={() => change(swapped(draft))}
        />
        <VersionPicker
          label="Shares traffic with"
          look="stable"
          candidates={candidates}
          chosen={draft.share === WHOLE ? undefined : chosen(draft.otherId)}
          hasNone
          onChoose={(id) => change(withOther(draft, id, now))}
        />
      </div>
      <SplitControl
        key={`${draft.newId} ${draft.otherId}`}
        share={draft.share}
        now={active === undefined ? undefined : shareIn(now, draft.newId)}
        newNumber={numberOf(draft.newId)}
        otherNumber={draft.otherId === undefined ? undefined : numberOf(draft.otherId)}
        onChange={(to) => change({ ...draft, share: to })}
        onFault={setFault}
      />
      <Consequence text={consequenceOf({ now, next, perMinute, nameOf })}>
        {!isMeasured(perMinute) && active !== undefined && 'No traffic was measured in the last minutes. '}
        {edgesInWords(edges)} Secrets, routes and stored data stay as they are.
      </Consequence>
      <Loaded from={preflight} bones={<Bones lines={[70, 50]} />} what="The checks did not load.">
        {({ result }) => (
          <>
            {needsAnswer && <SecretsQuestion report={result} isAnswered={isAnswered} onAnswer={(yes) => setAnswered(yes ? pair : '')} />}
            <Checks name={name} report={result} />
          </>
        )}
      </Loaded>
      <TextField
        label={
          <>
            Message <span className="third">for the audit log, optional</span>
          </>
        }
        value={message}
        onChange={({ target }) => setMessage(target.value)}
      />
    </Dialog>
  );
};

const numberIn = (deployments: readonly (Active | undefined)[], id: string | undefined): number | null =>
  deployments.flatMap((each) => each?.versions ?? []).find(({ version_id: each }) => each === id)?.number ?? null;

/** Where the key R would lead: what has most of the traffic now. */
const wayBack = (now: ReturnType<typeof sharesOf>, newId: string): string | undefined =>
  now.filter(({ versionId, share }) => versionId !== newId && share > 0).toSorted((a, b) => b.share - a.share)[0]?.versionId;
