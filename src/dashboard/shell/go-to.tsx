import { CornerDownLeft, Search } from 'lucide-react';
import { useEffect, useId, useRef, useState } from 'react';
import { useApi } from '../api/index.ts';
import { Icon, useGiveBack } from '../parts/index.ts';
import { useGo } from './address.ts';
import { PLACES } from './rail.tsx';
import './go-to.css';

interface Goal {
  readonly text: string;
  readonly to: string;
  readonly search?: Readonly<Record<string, string>>;
}

const MOST_SHOWN = 8;

const goalsOf = (name: string): readonly Goal[] => [
  { text: name, to: `/workers/${name}` },
  { text: `Roll back ${name}`, to: `/workers/${name}`, search: { dialog: 'rollback' } },
  { text: `Deploy a version of ${name}`, to: `/workers/${name}`, search: { dialog: 'deploy' } },
  { text: `${name}, deployments`, to: `/workers/${name}/deployments` },
  { text: `${name}, versions`, to: `/workers/${name}/versions` },
  { text: `${name}, compare versions`, to: `/workers/${name}/compare` },
  { text: `${name}, logs`, to: `/workers/${name}/logs` },
  { text: `${name}, triggers`, to: `/workers/${name}/triggers` },
  { text: `${name}, settings`, to: `/workers/${name}/settings` },
  { text: `${name}, edit code`, to: `/workers/${name}/edit` },
];

/** Every word that was typed is somewhere in it. */
const matches = (text: string, typed: string): boolean => {
  const lower = text.toLowerCase();
  return typed
    .toLowerCase()
    .split(/\s+/)
    .every((word) => lower.includes(word));
};

/** Where one can go, by typing some of its name. */
export const GoTo = ({ onClose }: { readonly onClose: () => void }) => {
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState(0);
  const [isEntered, setEntered] = useState(false);
  const dialog = useRef<HTMLDialogElement>(null);
  const list = useId();
  const goTo = useGo();
  const workers = useApi('listScripts', {});
  useGiveBack(dialog);
  useEffect(() => dialog.current?.showModal(), []);
  const places: readonly Goal[] = PLACES.map(({ text, to }) => ({ text, to }));
  const all = [...places, { text: 'Create application', to: '/create' }, ...(workers.data?.result ?? []).flatMap(({ id }) => goalsOf(id))];
  const found = all.filter(({ text }) => matches(text, typed)).slice(0, MOST_SHOWN);
  const go = (goal: Goal | undefined): void => {
    if (goal === undefined) return;
    onClose();
    goTo(goal.to, goal.search);
  };
  // Who types faster than the Workers are read is led on when they are.
  useEffect(() => {
    if (!isEntered || workers.isPending) return;
    setEntered(false);
    go(found[0]);
  });
  return (
    <dialog ref={dialog} className="dialog is-small go-to-dialog" aria-label="Go to" onCancel={onClose} onClose={onClose}>
      <div className="go-to-field">
        <Icon of={Search} />
        <input
          role="combobox"
          aria-expanded
          aria-controls={list}
          aria-activedescendant={found.length === 0 ? undefined : `${list}-${at}`}
          aria-label="Go to"
          placeholder="A Worker, or what to do with it"
          value={typed}
          autoComplete="off"
          spellCheck={false}
          onChange={({ target }) => {
            setTyped(target.value);
            setAt(0);
            setEntered(false);
          }}
          onKeyDown={(event) => {
            const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
            if (step !== undefined && found.length > 0) {
              event.preventDefault();
              setAt((at + step + found.length) % found.length);
            }
            if (event.key === 'Enter') {
              // Whoever has the focus after this would be pressed by the same key.
              event.preventDefault();
              if (found.length === 0) setEntered(true);
              else go(found[at]);
            }
          }}
        />
        <kbd>Esc</kbd>
      </div>
      <ul id={list} role="listbox" aria-label="Where to">
        {found.map((goal, index) => (
          // The field has the focus and the keys.
          <li key={goal.text} id={`${list}-${index}`} role="option" aria-selected={index === at} onClick={() => go(goal)}>
            {goal.text}
            {index === at && <Icon of={CornerDownLeft} />}
          </li>
        ))}
        {found.length === 0 && <li className="third">{workers.isPending ? 'The Workers are being read.' : 'Nothing has that name.'}</li>}
      </ul>
    </dialog>
  );
};
