import { useState } from 'react';
import { call, refresh, useLive, type Answer, type Result } from '../../api/index.ts';
import { refused, toast, useNow, useStay, versionName } from '../../parts/index.ts';
import { percentage } from '../../words/index.ts';
import type { Active } from './use-serving.ts';
import { watch, type WatchedVersion } from './watched.ts';

type Shares = readonly { readonly version_id: string; readonly percentage: number }[];

export interface Made {
  readonly worker: string;
  readonly answer: Answer<Result<'createDeployment'>>;
  /** The version that it is about first. */
  readonly versions: readonly WatchedVersion[];
  /** `v42 now gets 25%.` */
  readonly text: string;
  /** What served before, and how the way back is called: `Back to 10%`. Undefined of the first deployment. */
  readonly before: { readonly versions: Shares; readonly text: string; readonly shown: readonly WatchedVersion[] } | undefined;
}

/** What served before a deployment of this version, to be gone back to: `Back to 10%` where it had a share, else `Back to v41`. */
export const wayBackTo = (seen: Active | undefined, versionId: string): Made['before'] => {
  if (seen === undefined) return undefined;
  const own = seen.versions.find(({ version_id: id }) => id === versionId);
  const most = seen.versions.toSorted((a, b) => b.percentage - a.percentage)[0];
  const first = own ?? most;
  return {
    versions: seen.versions.map(({ version_id, percentage: share }) => ({ version_id, percentage: share })),
    text: own === undefined ? `Back to ${versionName(most?.number ?? null)}` : `Back to ${percentage(own.percentage)}`,
    shown: seen.versions
      .toSorted((a, b) => Number(b === first) - Number(a === first))
      .map(({ version_id: id, number, percentage: share, look }) => ({ id, number, percentage: share, look })),
  };
};

/** Says what was deployed and how the edges follow it, offers the way back, and lets its traffic be watched. */
export const announce = (made: Made): void => {
  const { worker, answer, versions, text, before } = made;
  watch({ worker, deploymentId: answer.result.id, versions });
  toast({
    text: <Follows text={text} isLate={answer.messages.length > 0} />,
    ...(before && { action: { text: before.text, onSelect: () => void undo(made) } }),
  });
};

/** Deploys what served before, as long as nobody deployed anything since. It served a moment ago, so its secrets are no question. */
const undo = async ({ worker, answer, before }: Made): Promise<void> => {
  if (before === undefined) return;
  try {
    const undone = await call('createDeployment', {
      params: { script_name: worker },
      query: { force: 'true' },
      body: { strategy: 'percentage', versions: [...before.versions] },
      ifMatch: answer.etag ?? `"${answer.result.id}"`,
    });
    const [first] = before.shown;
    const text = first === undefined ? 'Taken back.' : `v${first.number} gets ${percentage(first.percentage)} again.`;
    announce({ worker, answer: undone, versions: before.shown, text, before: undefined });
  } catch (error) {
    refused(`${worker} is not taken back.`, error);
  } finally {
    await refresh(worker);
  }
};

/** The API waited for the edges; of those that are late it is told when they follow. What is said aloud does not count the seconds. */
const Follows = ({ text, isLate }: { readonly text: string; readonly isLate: boolean }) => {
  const { edges } = useLive();
  const [since] = useState(() => Date.now());
  const now = useNow(1_000).getTime();
  const there = (edges ?? []).filter(({ connected }) => connected);
  const late = isLate ? there.filter(({ pending }) => pending).map(({ id }) => id) : [];
  useStay(late.length > 0);
  if (edges === undefined) return text;
  if (there.length === 0) return `${text} No edge is connected to follow it.`;
  if (late.length === 0) return `${text} ${there.length === 1 ? 'The edge follows it.' : `All ${there.length} edges follow it.`}`;
  const seconds = Math.max(0, Math.round((now - since) / 1_000));
  return (
    <>
      {`${text} ${there.length - late.length} of ${there.length} edges follow. Waiting for ${late.join(', ')}`}
      <span aria-hidden>, {seconds} s</span>.
    </>
  );
};
