import { join } from './shared-stream.ts';

interface StreamOptions {
  readonly address: string;
  /** By the name of an event; `message` of those without one. What it holds is as the contract says. */
  readonly on: Readonly<Record<string, (data: unknown) => void>>;
  /** The last event of this name is told to who joins: it says how things are, not what happened. */
  readonly keeps?: string;
  /** `isAgain`: what happened since it was open before was told to nobody. */
  readonly onOpen?: (isAgain: boolean) => void;
  readonly onBroken?: (nextTry: Date) => void;
  /** Asked before it is tried again: an event source does not say why it was refused. */
  readonly mayGoOn: () => Promise<boolean>;
}

/** Server-sent events for as long as the page is seen: one that nobody looks at has none. Answers how to close it. */
export const openStream = ({ address, on, keeps, onOpen, onBroken, mayGoOn }: StreamOptions): (() => void) => {
  let leave: (() => void) | undefined;
  let wasOpen = false;
  const close = (): void => {
    leave?.();
    leave = undefined;
  };
  const open = (): void => {
    close();
    if (document.hidden) return;
    leave = join({
      address,
      names: Object.keys(on),
      keeps,
      mayGoOn,
      tell: (news) => {
        if (news.kind === 'event') on[news.name]?.(news.data);
        if (news.kind === 'broken') onBroken?.(news.nextTry);
        if (news.kind === 'refused') void mayGoOn();
        if (news.kind === 'open') {
          const isAgain = wasOpen;
          wasOpen = true;
          onOpen?.(isAgain);
        }
      },
    });
  };
  document.addEventListener('visibilitychange', open);
  open();
  return () => {
    document.removeEventListener('visibilitychange', open);
    close();
  };
};
