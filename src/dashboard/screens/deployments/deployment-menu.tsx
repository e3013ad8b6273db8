import { Columns2, Copy, ExternalLink, FileText, Undo2 } from 'lucide-react';
import { useApi } from '../../api/index.ts';
import { copyId, MenuItems, newerFirst, RowMenu, versionName, wordsOf, type MenuItem } from '../../parts/index.ts';
import { useAddress, useGo } from '../../shell/index.ts';
import { reasonOf, storyInWords } from '../../words/index.ts';
import { mainOf, useHistory, type Deployment } from './history.ts';

type Version = Deployment['versions'][number];

interface DeploymentMenuProps {
  readonly name: string;
  readonly deployment: Deployment;
}

/** What it offers is asked for when it opens: a page has hundreds of rows. */
export const DeploymentMenu = (props: DeploymentMenuProps) => (
  <RowMenu name={`Menu of “${storyInWords(props.deployment.story)}”`}>
    <Items {...props} />
  </RowMenu>
);

/** Look, compare, open, copy; then, apart, the way back. */
const Items = ({ name, deployment }: DeploymentMenuProps) => {
  const goTo = useGo();
  const { id, versions } = deployment;
  const compare = useCompare(name, deployment);
  const urls = useUrls(name, versions);
  const back = useWayBack(name, deployment);
  const items: readonly MenuItem[] = [
    { text: 'View deployment', icon: FileText, onSelect: () => goTo(`/workers/${name}/deployments/${id}`) },
    compare,
    ...newerFirst(versions).map((version, at) => openItem(version, urls[at])),
    { text: 'Copy deployment id', icon: Copy, onSelect: () => void copyId(id) },
    back,
  ];
  return <MenuItems items={items} />;
};

const openItem = ({ number }: Version, url: string | null | undefined): MenuItem => ({
  text: `Open ${versionName(number)} at its own URL`,
  icon: ExternalLink,
  isOff: url == null,
  why: url === null ? 'No address opens this version alone.' : undefined,
  onSelect: () => window.open(url ?? '', '_blank', 'noreferrer'),
});

/** With what serves now: of a split, the newer of both. */
const useCompare = (name: string, { versions }: Deployment): MenuItem => {
  const goTo = useGo();
  const serving = useHistory(name).data?.result[0]?.versions ?? [];
  const [newer, older] = newerFirst(versions);
  const now = newerFirst(serving)[0];
  const isServing = newer?.version_id === now?.version_id;
  const other = isServing ? (older ?? newerFirst(serving)[1]) : newer;
  const isOff = now === undefined || other === undefined || other.number === null;
  return {
    text: 'Compare with what serves now',
    icon: Columns2,
    isOff,
    why: isOff ? (other === undefined ? 'It is what serves now.' : `${versionName(other.number)} has no code any more.`) : undefined,
    onSelect: () => {
      // Code reads as before and after.
      const [version, baseline] = newerFirst([now, other].filter((each) => each !== undefined));
      goTo(`/workers/${name}/compare`, { version: version?.version_id, baseline: baseline?.version_id });
    },
  };
};

/** Of each, the newer first; undefined until it is known. */
const useUrls = (name: string, versions: readonly Version[]): readonly (string | null | undefined)[] => {
  const [newer, older] = newerFirst(versions);
  const search = (version: Version | undefined) => ({ params: { name }, query: { search: version?.version_id ?? '' } });
  const first = useApi('listVersionHistory', search(newer), { enabled: newer !== undefined });
  const second = useApi('listVersionHistory', search(older), { enabled: older !== undefined });
  return [first, second].map(({ data, isError }) => (isError ? null : data && (data.result[0]?.url ?? null)));
};

const useWayBack = (name: string, deployment: Deployment): MenuItem => {
  const [, change] = useAddress();
  const { versions } = deployment;
  const target = mainOf(deployment);
  const serving = useHistory(name).data?.result[0]?.versions ?? [];
  const isServingAlone = serving.some((version) => version.version_id === target?.version_id && version.percentage === 100);
  const preflight = useApi(
    'preflightDeployment',
    { params: { script_name: name }, query: { rollback_to: target?.version_id ?? '' } },
    { enabled: target !== undefined && !isServingAlone },
  );
  const [blocker] = preflight.data?.result.blockers ?? [];
  const isSplit = serving.filter(({ percentage }) => percentage > 0).length > 1;
  const back = versionName(target?.number ?? null);
  const refused = isServingAlone
    ? `${back} answers everything already.`
    : preflight.isError
      ? wordsOf(preflight.error)
      : blocker && `Blocked. ${reasonOf(blocker.message, [...versions, ...serving])}`;
  return {
    text: `Rollback to ${back}`,
    icon: Undo2,
    shortcut: 'R',
    isApart: true,
    isOff: refused !== undefined,
    why:
      refused ??
      `${isSplit ? `Ends the split: ${back} answers everything again.` : `${back} answers everything again.`} You confirm on the next screen.`,
    onSelect: () => change({ dialog: 'rollback', of: target?.version_id }),
  };
};
