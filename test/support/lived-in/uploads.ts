import type { Files, Hand, Past } from './past.ts';

export const PEOPLE = ['Mara Lindqvist', 'Jonas Weber', 'Tomás Ferreira', 'Aiko Sato', 'deploy-bot'];
export const MARA: Hand = ['Mara Lindqvist', 'dash'];
export const JONAS: Hand = ['Jonas Weber', 'wrangler'];
export const TOMAS: Hand = ['Tomás Ferreira', 'wrangler'];
export const AIKO: Hand = ['Aiko Sato', 'dash'];
export const BOT: Hand = ['deploy-bot', 'api'];
export const BOT_CI: Hand = ['deploy-bot', 'wrangler'];

export const DAY = 24;

/** What those who upload week after week write. */
const MESSAGES = [
  'Log the region of failures',
  'Bump dependencies',
  'Answer HEAD as GET',
  'Tighten what is read from the query',
  'Cache for a day',
  'Send the ray along',
  'Fewer allocations on the hot path',
  'Spell the currency out',
  'Retry once on 503',
  'Remove the old endpoint',
];

interface Uploads {
  readonly script: string;
  readonly code: (number: number) => Files;
  readonly metadata?: (number: number) => object;
  /** Numbers of the first and the last. */
  readonly numbers: readonly [first: number, last: number];
  /** When the last was, and how far apart they were. */
  readonly lastHours: number;
  readonly everyHours: number;
  readonly lastBy?: Hand;
  readonly lastMessage?: string;
}

/** Uploads that took all traffic at once, as most do. */
export const uploads = (past: Past, { script, code, metadata = () => ({}), numbers, lastHours, everyHours, ...last }: Uploads): void => {
  const [first, newest] = numbers;
  const usual: readonly Hand[] = [BOT_CI, JONAS, BOT_CI, TOMAS];
  for (let number = first; number <= newest; number += 1) {
    const isLast = number === newest;
    const hand = (isLast ? last.lastBy : undefined) ?? usual[number % usual.length] ?? BOT;
    const message = (isLast ? last.lastMessage : undefined) ?? MESSAGES[(number * 7) % MESSAGES.length];
    const annotations = { 'workers/message': message, ...(number % 10 === 0 ? { 'workers/tag': `release-${number / 10}` } : {}) };
    past.at(lastHours + (newest - number) * everyHours, () =>
      past.upload(hand, script, code(number), { ...OBSERVED, ...metadata(number), annotations }),
    );
  }
};

export const OBSERVED = { observability: { enabled: true, head_sampling_rate: 1 }, logpush: true };

/** What bindings reach, by the names that people gave it. */
export class Shelf {
  readonly #ids = new Map<string, string>();

  put(name: string, id: string): void {
    this.#ids.set(name, id);
  }

  id(name: string): string {
    const id = this.#ids.get(name);
    if (id === undefined) throw new Error(`There is no ${name} yet.`);
    return id;
  }
}
