import { Columns2, Copy, ExternalLink, FileText, Play } from 'lucide-react';
import { Link } from '@tanstack/react-router';
import { copyId, RowMenu, VersionChip, When, type MenuItem } from '../../parts/index.ts';
import { useAddress, useGo } from '../../shell/index.ts';
import { byWhom, bytes, dayAndClock, duration, percentage } from '../../words/index.ts';
import { useCompareWithNow } from './compare-with-now.ts';
import type { ListedVersion } from './versions.tsx';

/** What it is, who made it, whether it serves. */
export const VersionRow = ({ name, version }: { readonly name: string; readonly version: ListedVersion }) => {
  const { version_id: id, number, look, message, tag, at, modules, startup_ms: startup } = version;
  return (
    <tr data-row data-deploy={version.is_deployable ? id : undefined} data-rollback={version.served === null ? undefined : id}>
      <td className="versions-name">
        <Link to="/workers/$name/versions/$id" params={{ name, id }} search={{}} className="chip-link">
          <VersionChip number={number} look={look} title={id} />
        </Link>
      </td>
      <td className="versions-message">
        {message === null ? (
          <span className="third">No message</span>
        ) : (
          <span className="clamp" title={message}>
            {message}
          </span>
        )}{' '}
        {tag !== null && <span className="tag">{tag}</span>}
      </td>
      <td className="versions-made small">
        <When at={at} />
        <br />
        <span className="third">{byWhom(version)}</span>
      </td>
      <td className="versions-traffic small">
        <Traffic of={version} />
      </td>
      <td className="r versions-size">{bytes(modules.bytes)}</td>
      <td className="r versions-startup">{duration(startup)}</td>
      <td className="r versions-menu">
        <VersionMenu name={name} version={version} />
      </td>
    </tr>
  );
};

/** `10% now`, `All of it until Thu 17:20`, `All of it until Thu 17:20, 50% until Thu 18:00`, `50% until Thu 18:00`, `Never had any` */
export const Traffic = ({ of: { percentage: share, served } }: { readonly of: Pick<ListedVersion, 'percentage' | 'served'> }) => {
  if (share !== null && share > 0) return <span className="strong num">{percentage(share)} now</span>;
  if (share !== null) return <span>By override header only</span>;
  if (served === null) return <span className="third">Never had any</span>;
  const { until, held_all_until: wholeUntil } = served;
  const hadShareAfter = until !== null && until !== wholeUntil;
  return (
    <span className="second">
      {wholeUntil !== null && (
        <>
          All of it until <When at={wholeUntil} as={dayAndClock} />
          {hadShareAfter && ', '}
        </>
      )}
      {hadShareAfter && (
        <>
          {percentage(served.percentage)} until <When at={until} as={dayAndClock} />
        </>
      )}
    </span>
  );
};

const VersionMenu = ({ name, version }: { readonly name: string; readonly version: ListedVersion }) => {
  const [, change] = useAddress();
  const goTo = useGo();
  const compare = useCompareWithNow(name, version);
  const { version_id: id, number, url, is_deployable: isDeployable } = version;
  const items: readonly MenuItem[] = [
    { text: 'View version', icon: FileText, onSelect: () => goTo(`/workers/${name}/versions/${id}`) },
    {
      text: 'Compare with what serves now',
      icon: Columns2,
      isOff: compare.search === undefined,
      why: compare.why,
      onSelect: () => goTo(`/workers/${name}/compare`, compare.search),
    },
    {
      text: 'Open at its own URL',
      icon: ExternalLink,
      isOff: url === null,
      why: url === null ? 'No address opens this version alone.' : undefined,
      onSelect: () => window.open(url ?? '', '_blank', 'noreferrer'),
    },
    { text: 'Copy version id', icon: Copy, onSelect: () => void copyId(id) },
    {
      text: `Deploy v${number}`,
      icon: Play,
      shortcut: 'D',
      isApart: true,
      isOff: !isDeployable,
      why: isDeployable ? 'You choose its share on the next screen.' : TOO_OLD,
      onSelect: () => change({ dialog: 'deploy', of: id }),
    },
  ];
  return <RowMenu name={`Menu of v${number}`} items={items} />;
};

export const TOO_OLD = 'Too many newer versions were made since: it can be rolled back to only.';
