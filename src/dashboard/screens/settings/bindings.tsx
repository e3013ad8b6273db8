import { Pencil, Trash2, Undo2 } from 'lucide-react';
import { useState } from 'react';
import { Button, RowMenu, type MenuItem } from '../../parts/index.ts';
import { useAddress } from '../../shell/index.ts';
import { BindingDialog } from './binding-dialog.tsx';
import { type BindingType } from './binding-kinds.ts';
import { isValue } from '../../words/index.ts';
import { BoundTo } from './bound-to.tsx';
import { kindOf, rowsOf, typeOf, withBinding, withoutBinding, type BindingRow, type Draft, type Settings } from './draft.ts';

interface BindingsProps {
  readonly title: string;
  readonly add: string;
  readonly empty: string;
  /** Variables and secrets, or what reaches something. */
  readonly areValues: boolean;
  readonly worker: string;
  readonly settings: Settings;
  readonly draft: Draft;
  readonly onChange: (draft: Draft) => void;
}

/** The bindings of a version as a table, with what the draft makes of them. */
export const Bindings = ({ title, add, empty, areValues, worker, settings, draft, onChange }: BindingsProps) => {
  const [{ binding: asked }, address] = useAddress();
  const [isAdding, setIsAdding] = useState(false);
  const all = rowsOf(settings.bindings, draft);
  const rows = all.filter((row) => isValue({ type: typeOf(row) }) === areValues);
  const edited = rows.find((row) => row.name === asked && row.change !== 'removed' && whyNoEdit(row) === undefined);
  const close = (): void => {
    setIsAdding(false);
    if (asked !== undefined) address({ binding: undefined }, false);
  };
  const first: BindingType = areValues ? 'plain_text' : 'kv_namespace';
  return (
    <section className="settings-section" aria-label={title}>
      <div className="section-head">
        <h3 className="heading">
          {title} {rows.length > 0 && <span className="count num">{rows.length}</span>}
        </h3>
        <Button onClick={() => setIsAdding(true)}>{add}</Button>
      </div>
      {rows.length === 0 ? (
        <p className="settings-none second">{empty}</p>
      ) : (
        <table className="table is-stacked settings-table">
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">Kind</th>
              <th scope="col">{areValues ? 'Value' : 'Reaches'}</th>
              <th scope="col">
                <span className="visually-hidden">Menu</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <Row
                key={row.name}
                worker={worker}
                row={row}
                draft={draft}
                onChange={onChange}
                onEdit={() => address({ binding: row.name })}
              />
            ))}
          </tbody>
        </table>
      )}
      {(isAdding || edited !== undefined) && (
        <BindingDialog
          worker={worker}
          row={isAdding ? undefined : edited}
          type={first}
          taken={all.filter(({ change }) => change !== 'removed').map(({ name }) => name)}
          onClose={close}
          onKeep={(name, binding) => {
            close();
            onChange(withBinding(draft, name, binding));
          }}
        />
      )}
    </section>
  );
};

interface RowProps {
  readonly worker: string;
  readonly row: BindingRow;
  readonly draft: Draft;
  readonly onChange: (draft: Draft) => void;
  readonly onEdit: () => void;
}

const Row = ({ worker, row, draft, onChange, onEdit }: RowProps) => {
  const shown = row.after ?? row.before;
  return (
    <tr data-row className={row.change === 'removed' ? 'is-removed' : ''}>
      <th scope="row" className="mono">
        {row.name}
      </th>
      <td className="second">
        {kindOf(row).name} {row.change !== undefined && <span className="tag">{row.change}</span>}
      </td>
      <td className="settings-value">{shown !== undefined && <BoundTo binding={shown} worker={worker} />}</td>
      <td className="r">
        <RowMenu name={`Menu of ${row.name}`} items={itemsOf(row, draft, onChange, onEdit)} />
      </td>
    </tr>
  );
};

const whyNoEdit = (row: BindingRow): string | undefined => {
  const { isOfCode, fields } = kindOf(row);
  if (isOfCode === true) return 'It comes with the code: upload it anew.';
  return fields.length === 0 ? 'It has nothing to change.' : undefined;
};

const itemsOf = (row: BindingRow, draft: Draft, onChange: RowProps['onChange'], onEdit: () => void): readonly MenuItem[] => {
  const undo: MenuItem = { text: 'Undo', icon: Undo2, onSelect: () => onChange(withoutBinding(draft, row.name)) };
  if (row.change === 'removed') return [undo];
  const why = whyNoEdit(row);
  const edit: MenuItem = {
    text: typeOf(row) === 'secret_text' ? 'Change value' : 'Change',
    icon: Pencil,
    why,
    isOff: why !== undefined,
    onSelect: onEdit,
  };
  const remove: MenuItem = {
    text: 'Remove',
    icon: Trash2,
    isApart: true,
    onSelect: () => onChange(row.before === undefined ? withoutBinding(draft, row.name) : withBinding(draft, row.name, null)),
  };
  return row.change === undefined ? [edit, remove] : [edit, undo, ...(row.before === undefined ? [] : [remove])];
};
