import { ArrowDown, ArrowUp, Circle, KeyRound, RotateCw, SlidersHorizontal, Undo2, type LucideIcon } from 'lucide-react';
import { Link } from '@tanstack/react-router';
import { memo } from 'react';
import { Icon, SplitBar, splitInWords, When } from '../../parts/index.ts';
import { byWhom, clockOf, storyInWords } from '../../words/index.ts';
import { DeploymentMenu } from './deployment-menu.tsx';
import { mainOf, type Deployment } from './history.ts';

const STORY_ICONS: Readonly<Record<Deployment['story']['kind'], LucideIcon>> = {
  started: Circle,
  deployed: Circle,
  raised: ArrowUp,
  lowered: ArrowDown,
  rolled_back: Undo2,
  changed_secret: KeyRound,
  changed_settings: SlidersHorizontal,
  repeated: RotateCw,
};

interface DeploymentRowProps {
  readonly name: string;
  readonly deployment: Deployment;
  readonly lighter: ReadonlySet<string>;
  readonly isLit: boolean;
  readonly onLight: (id: string | undefined) => void;
}

/** What it did, what served since, who did it and why. */
export const DeploymentRow = memo(({ name, deployment, lighter, isLit, onLight }: DeploymentRowProps) => {
  const { id, at, until, message, story, versions } = deployment;
  const shown = versions.map((version) => ({ ...version, isLighter: lighter.has(version.version_id) }));
  const light = { onPointerEnter: () => onLight(id), onPointerLeave: () => onLight(undefined) };
  return (
    <li
      id={`deployment-${id}`}
      className={`deployment${isLit ? ' is-lit' : ''}`}
      data-row
      data-rollback={mainOf(deployment)?.version_id}
      onFocus={light.onPointerEnter}
      onBlur={light.onPointerLeave}
      {...light}
    >
      <span className="deployment-time small third num">
        <When at={at} as={clockOf} />
      </span>
      <span className={`deployment-kind is-${story.kind}`}>
        <Icon of={STORY_ICONS[story.kind]} />
      </span>
      <span className="deployment-what">
        <Link to="/workers/$name/deployments/$id" params={{ name, id }} search={{}} className="deployment-link">
          {storyInWords(story)}
        </Link>
        {until === null && <ServingNow versions={versions} />}
      </span>
      <SplitBar versions={shown} size="row" />
      <span className="deployment-split small second num">{splitInWords(versions)}</span>
      <span className="deployment-who">{byWhom(deployment)}</span>
      <span className="deployment-message small third">{message}</span>
      <DeploymentMenu name={name} deployment={deployment} />
    </li>
  );
});

/** Orange only where a new version is part of it. */
export const ServingNow = ({ versions }: Pick<Deployment, 'versions'>) => (
  <span className={`tag${versions.some(({ look }) => look === 'new') ? ' is-new' : ''}`}>Serving now</span>
);
