const FIRST_TRY_MS = 1_000;
const LAST_TRY_MS = 15_000;

interface StreamOptions {
  readonly address: string;
  /** By the name of an event; `message` of those without one. What it holds is as the contract says. */
  readonly on: Readonly<Record<string, (data: unknown) => void>>;
  /** `isAgain`: what happened since it was open before was told to nobody. */
  readonly onOpen?: (isAgain: boolean) => void;
  readonly onBroken?: (nextTry: Date) => void;
  /** Asked before it is tried again: an event source does not say why it was refused. */
  readonly mayGoOn?: () => Promise<boolean>;
}

/**
 * Server-sent events for as long as the page is seen. A browser opens six connections to a server of HTTP/1.1, over all its tabs,
 * and each stream holds one: a tab that nobody looks at has none. Answers how to close it.
 */
export const openStream = ({ address, on, onOpen, onBroken, mayGoOn }: StreamOptions): (() => void) => {
  let source: EventSource | undefined;
  let timer: number | undefined;
  let tryMs = FIRST_TRY_MS;
  let wasOpen = false;
  let isClosed = false;
  const close = (): void => {
    window.clearTimeout(timer);
    source?.close();
    source = undefined;
  };
  const open = (): void => {
    close();
    if (document.hidden) return;
    source = new EventSource(address);
    source.addEventListener('open', () => {
      tryMs = FIRST_TRY_MS;
      onOpen?.(wasOpen);
      wasOpen = true;
    });
    for (const [name, hear] of Object.entries(on))
      source.addEventListener(name, ({ data }: MessageEvent) => hear(JSON.parse(String(data)) as unknown));
    source.addEventListener('error', () => {
      close();
      onBroken?.(new Date(Date.now() + tryMs));
      timer = window.setTimeout(() => void again(), tryMs);
      tryMs = Math.min(2 * tryMs, LAST_TRY_MS);
    });
  };
  const again = async (): Promise<void> => {
    if (mayGoOn !== undefined && !(await mayGoOn())) return;
    // Nobody may listen any more by then.
    if (!isClosed) open();
  };
  document.addEventListener('visibilitychange', open);
  open();
  return () => {
    isClosed = true;
    document.removeEventListener('visibilitychange', open);
    close();
  };
};
