import { OctagonAlert, Search } from 'lucide-react';
import { useEffect, useId, useRef, useState, type ComponentProps, type ReactNode } from 'react';
import { Icon } from './icon.tsx';

interface Around {
  readonly label: ReactNode;
  /** Beneath, in small: what is expected, or what follows. */
  readonly hint?: ReactNode;
  /** What is wrong with it. */
  readonly fault?: string | undefined;
}

/** A label, what is typed into, and what is to be said of it. `children` gets the ids that connect them. */
export const Field = ({
  label,
  hint,
  fault,
  children,
}: Around & {
  readonly children: (ids: { id: string; 'aria-describedby': string | undefined; 'aria-invalid': boolean }) => ReactNode;
}) => {
  const id = useId();
  const about = `${id}-about`;
  const hasAbout = hint !== undefined || fault !== undefined;
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children({ id, 'aria-describedby': hasAbout ? about : undefined, 'aria-invalid': fault !== undefined })}
      {hasAbout && (
        <div id={about} className="small">
          {fault === undefined ? <span className="third">{hint}</span> : <Fault>{fault}</Fault>}
        </div>
      )}
    </div>
  );
};

/** One line of text. */
export const TextField = ({ label, hint, fault, ...more }: Around & Omit<ComponentProps<'input'>, 'id'>) => (
  <Field label={label} hint={hint} fault={fault}>
    {(ids) => <input className="input" autoComplete="off" spellCheck={false} {...more} {...ids} />}
  </Field>
);

/** One of several, as the browser offers them. */
export const SelectField = ({
  label,
  hint,
  fault,
  of,
  ...more
}: Around & Omit<ComponentProps<'select'>, 'id'> & { readonly of: readonly (readonly [value: string, text: string])[] }) => (
  <Field label={label} hint={hint} fault={fault}>
    {(ids) => (
      <select className="input" {...more} {...ids}>
        {of.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    )}
  </Field>
);

/** What was refused, in red with its sign, for colour is never alone. */
export const Fault = ({ children }: { readonly children: ReactNode }) => (
  <span className="fault stop-text" role="alert">
    <Icon of={OctagonAlert} />
    {children}
  </span>
);

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
