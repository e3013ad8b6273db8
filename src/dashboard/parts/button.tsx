import type { LucideIcon } from 'lucide-react';
import { useId, type ComponentProps, type ReactNode } from 'react';
import { Icon } from './icon.tsx';
import './button.css';

interface Look {
  readonly icon?: LucideIcon | undefined;
  /** The key that does the same. */
  readonly shortcut?: string | undefined;
  readonly kind?: 'main' | 'plain' | 'quiet' | 'stop';
  readonly isSmall?: boolean;
  /** For one that shows an icon only. */
  readonly name?: string;
}

export interface ButtonProps extends Look, Omit<ComponentProps<'button'>, 'name'> {
  /** Why it cannot be pressed; it stays focusable and says so. Stand it beside the button too. A form is then not sent by Enter either. */
  readonly why?: string | undefined;
  /** What it says while it works. It keeps its width. */
  readonly working?: string | undefined;
  readonly children?: ReactNode;
}

const classOf = ({ kind = 'plain', isSmall = false, name }: Look): string =>
  ['button', kind === 'plain' ? '' : `is-${kind}`, isSmall ? 'is-small' : '', name === undefined ? '' : 'is-icon']
    .filter(Boolean)
    .join(' ');

/** Its words say what it will do: `Deploy v42 at 25%`. */
export const Button = ({ icon, shortcut, kind, isSmall, name, why, working, children, onClick, type = 'button', ...more }: ButtonProps) => {
  const reason = useId();
  const isOff = why !== undefined || working !== undefined;
  return (
    <button
      {...more}
      type={type}
      className={classOf({ ...(kind && { kind }), ...(isSmall && { isSmall }), ...(name !== undefined && { name }) })}
      aria-disabled={isOff}
      aria-describedby={why === undefined ? undefined : reason}
      aria-label={name}
      title={name}
      aria-keyshortcuts={shortcut}
      onClick={(event) => {
        // It stays the one that sends its form: Enter in a field presses it, and without one the browser would send the form.
        if (isOff) event.preventDefault();
        else onClick?.(event);
      }}
    >
      {icon && <Icon of={icon} />}
      {working ?? children}
      {shortcut !== undefined && <kbd aria-hidden>{shortcut}</kbd>}
      {why !== undefined && (
        <span id={reason} hidden>
          {why}
        </span>
      )}
    </button>
  );
};
