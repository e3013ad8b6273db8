import { ChevronDown, Ellipsis, type LucideIcon } from 'lucide-react';
import { createContext, useContext, useId, useLayoutEffect, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { Button } from './button.tsx';
import { Icon } from './icon.tsx';
import './menu.css';

export interface MenuItem {
  readonly text: string;
  readonly icon: LucideIcon;
  readonly shortcut?: string;
  /** What it will do, or why it cannot be done; beneath. */
  readonly why?: string | undefined;
  readonly isOff?: boolean;
  /** A line stands above it. */
  readonly isApart?: boolean;
  readonly onSelect: () => void;
}

interface RowMenuProps {
  readonly name: string;
  readonly items?: readonly MenuItem[];
  /** `MenuItems` within a component of their own, which is there only while the menu is open: for what is asked only then. */
  readonly children?: ReactNode;
  /** `main`: the arrow beside the main button, which does the like. */
  readonly kind?: 'row' | 'main';
}

const GAP = 4;

const Close = createContext<() => void>(() => undefined);

/** The three dots at the end of a row. Arrow keys go through the items; one that is refused stays, with its reason. */
export const RowMenu = ({ name, items = [], children, kind = 'row' }: RowMenuProps) => {
  const [isOpen, setIsOpen] = useState(false);
  const menu = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();
  useLayoutEffect(() => {
    if (!isOpen || menu.current === null || button.current === null) return;
    const place = button.current.getBoundingClientRect();
    menu.current.showPopover();
    const { width, height } = menu.current.getBoundingClientRect();
    const fits = place.bottom + GAP + height <= window.innerHeight;
    menu.current.style.setProperty('left', `${Math.max(8, place.right - width)}px`);
    menu.current.style.setProperty('top', `${Math.max(8, fits ? place.bottom + GAP : place.top - GAP - height)}px`);
    itemsIn(menu.current)[0]?.focus();
  }, [isOpen]);
  const close = (): void => {
    setIsOpen(false);
    button.current?.focus();
  };
  return (
    <>
      <Button
        ref={button}
        kind={kind === 'row' ? 'quiet' : 'main'}
        isSmall={kind === 'row'}
        icon={kind === 'row' ? Ellipsis : ChevronDown}
        name={name}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        aria-controls={id}
        data-row-menu
        onClick={() => setIsOpen(!isOpen)}
      />
      {isOpen && (
        <div
          ref={menu}
          id={id}
          className="menu"
          role="menu"
          aria-label={name}
          popover="auto"
          tabIndex={-1}
          onKeyDown={moveWithin}
          onToggle={(event) => {
            if (event.newState === 'closed') setIsOpen(false);
          }}
        >
          <Close value={close}>{children ?? <MenuItems items={items} />}</Close>
        </div>
      )}
    </>
  );
};

export const MenuItems = ({ items }: { readonly items: readonly MenuItem[] }) => {
  const close = useContext(Close);
  return items.map((item) => <Item key={item.text} item={item} onSelect={close} />);
};

const Item = ({ item, onSelect }: { readonly item: MenuItem; readonly onSelect: () => void }) => (
  <>
    {item.isApart === true && <hr />}
    <button
      type="button"
      role="menuitem"
      className="menu-item"
      aria-disabled={item.isOff === true}
      onClick={() => {
        if (item.isOff === true) return;
        onSelect();
        item.onSelect();
      }}
    >
      <Icon of={item.icon} />
      <span>{item.text}</span>
      {item.shortcut !== undefined && <kbd>{item.shortcut}</kbd>}
      {item.why !== undefined && <span className="why">{item.why}</span>}
    </button>
  </>
);

const itemsIn = (menu: HTMLElement): HTMLElement[] => [...menu.querySelectorAll<HTMLElement>('[role=menuitem]')];

const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 };

const moveWithin = (event: KeyboardEvent<HTMLElement>): void => {
  const items = itemsIn(event.currentTarget);
  const at = items.indexOf(document.activeElement as HTMLElement);
  const step = STEPS[event.key];
  const next = step === undefined ? { Home: 0, End: items.length - 1 }[event.key] : (at + step + items.length) % items.length;
  if (next === undefined) return;
  event.preventDefault();
  items[next]?.focus();
};
