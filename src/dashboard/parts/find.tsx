import { Search } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { Icon } from './icon.tsx';
import './find.css';

interface FindProps {
  readonly label: string;
  readonly value: string;
  /** Called once nobody has typed for a moment, or Enter is pressed. */
  readonly onChange: (value: string) => void;
}

const REST_MS = 200;

/** What the key `/` goes to. */
export const Find = ({ label, value, onChange }: FindProps) => {
  const [typed, setTyped] = useState(value);
  /** What stands in the address, then what was asked for and is not there yet. */
  const asked = useRef([value]);
  const ask = (text: string): void => {
    if (text === asked.current.at(-1)) return;
    asked.current.push(text);
    onChange(text);
  };
  const latest = useRef(ask);
  latest.current = ask;
  useEffect(() => {
    const timer = window.setTimeout(() => latest.current(typed), REST_MS);
    return () => window.clearTimeout(timer);
  }, [typed]);
  useEffect(() => {
    const place = asked.current.lastIndexOf(value);
    // The way back of the browser changes it too; of what was asked here nothing that was typed since is overwritten.
    if (place === -1) setTyped(value);
    asked.current = place === -1 ? [value] : asked.current.slice(place);
  }, [value]);
  return (
    <span className="find">
      <Icon of={Search} />
      <input
        type="search"
        className="input"
        aria-label={label}
        aria-keyshortcuts="/"
        placeholder={label}
        value={typed}
        data-find
        autoComplete="off"
        spellCheck={false}
        onChange={({ target }) => setTyped(target.value)}
        onKeyDown={({ key }) => {
          if (key === 'Enter') ask(typed);
        }}
      />
      <kbd aria-hidden>/</kbd>
    </span>
  );
};
