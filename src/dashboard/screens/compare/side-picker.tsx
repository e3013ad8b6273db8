import { ChevronDown } from 'lucide-react';
import { useApi } from '../../api/index.ts';
import { Icon, VersionChip, When, versionName } from '../../parts/index.ts';
import { dayAndClock, percentage } from '../../words/index.ts';
import type { Side } from './compare.tsx';

interface SidePickerProps {
  readonly name: string;
  readonly label: string;
  readonly side: Side;
  readonly onChoose: (id: string) => void;
}

const A_PAGE = 200;

/** One of the two versions; the browser's own list of the newest lies over what is shown of it. */
export const SidePicker = ({ name, label, side, onChoose }: SidePickerProps) => {
  const versions = useApi('listVersionHistory', { params: { name }, query: { per_page: A_PAGE } });
  const listed = versions.data?.result ?? [];
  const all = listed.some(({ version_id: id }) => id === side.version_id) ? listed : [side, ...listed];
  return (
    <div className="compare-side">
      <VersionChip {...side} />
      <span className="compare-side-lines">
        <span>{side.message ?? <span className="third">No message</span>}</span>
        <span className="caption third">
          {side.percentage !== null && `${percentage(side.percentage)} now. `}
          {side.author}, <When at={side.at} as={dayAndClock} />
        </span>
      </span>
      <Icon of={ChevronDown} />
      <select aria-label={label} value={side.version_id} onChange={({ target }) => onChoose(target.value)}>
        {all.map((version) => (
          <option key={version.version_id} value={version.version_id}>
            {versionName(version.number)} {version.message ?? ''}
          </option>
        ))}
      </select>
    </div>
  );
};
