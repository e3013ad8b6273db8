import { useState } from 'react';
import { Button, Dialog } from '../parts/index.ts';
import { singleKeys } from './keys.ts';

const KEYS: readonly (readonly [keys: string, what: string])[] = [
  ['Ctrl K', 'Go to'],
  ['/', 'Find'],
  ['D', 'Deploy version'],
  ['R', 'Rollback'],
  ['C', 'Compare versions'],
  ['G W', 'Workers'],
  ['G O', 'Overview of the Worker'],
  ['G D', 'Deployments'],
  ['G V', 'Versions'],
  ['G L', 'Logs'],
  ['J K', 'Next and previous row'],
  ['Enter', 'Open the row'],
  ['M', 'Menu of the row'],
  ['N P', 'Next and previous change in a diff'],
  ['1 to 6', 'Quick step in the split control'],
  ['T', 'Theme'],
  ['?', 'This list'],
  ['Esc', 'Close; where something was typed, asks first'],
];

export const KeyList = ({ onClose }: { readonly onClose: () => void }) => {
  const [areOn, setAreOn] = useState(singleKeys.areOn());
  return (
    <Dialog
      title="Keys"
      width="small"
      onClose={onClose}
      onSubmit={onClose}
      foot={
        <>
          <p>No key alone changes traffic.</p>
          <Button kind="main" type="submit">
            Close
          </Button>
        </>
      }
    >
      <dl className="facts">
        {KEYS.map(([keys, what]) => (
          <div key={keys} className="key-row">
            <dt>
              {keys.split(' ').map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <label className="choice section">
        <input
          type="checkbox"
          checked={areOn}
          onChange={({ target }) => {
            singleKeys.turn(target.checked);
            setAreOn(target.checked);
          }}
        />
        <span>Single letters do something</span>
      </label>
    </Dialog>
  );
};
