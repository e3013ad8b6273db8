import { join, type SharedStream } from './shared-stream.ts';

interface StreamOptions extends Pick<SharedStream, 'address' | 'keeps' | 'places' | 'mayGoOn'> {
  /** By the name of an event; `message` of those without one. What it holds is as the contract says. */
  readonly on: Readonly<Record<string, (data: unknown) => void>>;
  /** `isAgain`: what happened since it was open before was told to nobody. */
  readonly onOpen?: (isAgain: boolean) => void;
  readonly onBroken?: (nextTry: Date) => void;
}

/** Server-sent events for as long as the page is seen: one that nobody looks at has none. Answers how to close it. */
export const openStream = ({ address, on, keeps, places, onOpen, onBroken, mayGoOn }: StreamOptions): (() => void) => {
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
      places,
      mayGoOn,
      tell: (news) => {
        if (news.kind === 'event') on[news.name]?.(news.data);
        if (news.kind === 'broken') onBroken?.(news.nextTry);
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
