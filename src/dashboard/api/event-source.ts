const FIRST_TRY_MS = 1_000;
const LAST_TRY_MS = 15_000;

/** What becomes of a stream, and what comes with it. */
export type News =
  | { readonly kind: 'open' }
  | { readonly kind: 'event'; readonly name: string; readonly data: unknown }
  | { readonly kind: 'broken'; readonly nextTry: Date };

export interface Source {
  readonly address: string;
  /** Of the events that are listened to. */
  readonly names: readonly string[];
  readonly tell: (news: News) => void;
  /** Asked before it is tried again: an event source does not say why it was refused. */
  readonly mayGoOn: () => Promise<boolean>;
}

/** A stream that is opened again whenever it breaks, as long as it may. Answers how to end it. */
export const hold = ({ address, names, tell, mayGoOn }: Source): (() => void) => {
  let source: EventSource | undefined;
  let timer: number | undefined;
  let tryMs = FIRST_TRY_MS;
  let hasEnded = false;
  const open = (): void => {
    source = new EventSource(address);
    source.addEventListener('open', () => {
      tryMs = FIRST_TRY_MS;
      tell({ kind: 'open' });
    });
    for (const name of names)
      source.addEventListener(name, ({ data }: MessageEvent) => tell({ kind: 'event', name, data: JSON.parse(String(data)) as unknown }));
    source.addEventListener('error', () => {
      source?.close();
      timer = window.setTimeout(() => void again(), tryMs);
      tell({ kind: 'broken', nextTry: new Date(Date.now() + tryMs) });
      tryMs = Math.min(2 * tryMs, LAST_TRY_MS);
    });
  };
  const again = async (): Promise<void> => {
    // Nobody may listen any more by then.
    if ((await mayGoOn()) && !hasEnded) open();
  };
  open();
  return () => {
    hasEnded = true;
    window.clearTimeout(timer);
    source?.close();
  };
};
