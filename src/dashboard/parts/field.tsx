import { OctagonAlert } from 'lucide-react';
import { useId, type ComponentProps, type ReactNode } from 'react';
import { Icon } from './icon.tsx';
import './field.css';

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
