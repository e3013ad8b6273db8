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
  const asked = useRef(value);
  const ask = (text: string): void => {
    if (text === asked.current) return;
    asked.current = text;
    onChange(text);
  };
  const latest = useRef(ask);
  latest.current = ask;
  useEffect(() => {
    const timer = window.setTimeout(() => latest.current(typed), REST_MS);
    return () => window.clearTimeout(timer);
  }, [typed]);
  useEffect(() => {
    // The way back of the browser changes it too.
    if (value !== asked.current) setTyped(value);
    asked.current = value;
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
