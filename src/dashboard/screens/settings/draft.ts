import type { Result } from '../../api/index.ts';
import type { GivenBinding } from './binding-form.ts';
import { BINDING_KINDS, type BindingType, type ShownBinding } from './binding-kinds.ts';

export type Settings = Result<'getSettings'>;

/** How a version runs, beside its code and bindings. */
export interface Running {
  readonly compatibility_date?: string;
  readonly compatibility_flags?: readonly string[];
  readonly usage_model?: Settings['usage_model'];
  readonly limits?: NonNullable<Settings['limits']>;
  readonly placement?: Readonly<Record<string, unknown>> | null;
}

/** What was changed here and is not saved yet. */
export interface Draft {
  /** By name; null takes it away. */
  readonly env: Readonly<Record<string, GivenBinding | null>>;
  readonly running: Running;
}

export const NO_CHANGES: Draft = { env: {}, running: {} };

export const countOf = ({ env, running }: Draft): number => Object.keys(env).length + Object.keys(running).length;

export const withBinding = (draft: Draft, name: string, binding: GivenBinding | null): Draft => ({
  ...draft,
  env: { ...draft.env, [name]: binding },
});

export const withoutBinding = (draft: Draft, name: string): Draft => {
  const { [name]: _, ...env } = draft.env;
  return { ...draft, env };
};

/** What is as it was is no change. */
export const withRunning = (draft: Draft, settings: Settings, change: Running): Draft => {
  const running = Object.entries({ ...draft.running, ...change }).filter(
    ([member, value]) => JSON.stringify(value) !== JSON.stringify(presentOf(settings)[member as keyof Running]),
  );
  return { ...draft, running: Object.fromEntries(running) };
};

/** As settings have it now; what they do not have is said as it would be set. */
export const presentOf = (settings: Settings): Required<Running> => ({
  compatibility_date: settings.compatibility_date ?? '',
  compatibility_flags: settings.compatibility_flags,
  usage_model: settings.usage_model,
  limits: settings.limits ?? {},
  placement: settings.placement ?? null,
});

/** A binding as a row has it: as it is, and what the draft makes of it. */
export interface BindingRow {
  readonly name: string;
  readonly before: ShownBinding | undefined;
  readonly after: GivenBinding | ShownBinding | undefined;
  readonly change: 'added' | 'changed' | 'removed' | undefined;
}

const isIn = (env: Draft['env'], name: string): boolean => Object.hasOwn(env, name);

/** Those that are there, in the order of their names, with those that come. */
export const rowsOf = (bindings: readonly ShownBinding[], { env }: Draft): readonly BindingRow[] => {
  const present = new Map(bindings.map((binding) => [binding.name, binding]));
  const names = [...new Set([...present.keys(), ...Object.keys(env)])].toSorted((a, b) => a.localeCompare(b));
  return names.flatMap((name) => {
    const before = present.get(name);
    const after = isIn(env, name) ? (env[name] ?? undefined) : before;
    const change = !isIn(env, name) ? undefined : after === undefined ? 'removed' : before === undefined ? 'added' : 'changed';
    // What the draft removes may be gone already: by this very change, or by somebody else's.
    return before === undefined && after === undefined ? [] : [{ name, before, after, change } as const];
  });
};

export const typeOf = ({ before, after }: BindingRow): BindingType => (after ?? before)?.type as BindingType;

const VERBS = { added: 'adds', changed: 'changes', removed: 'removes' } as const;

const RUNNING: Readonly<Record<keyof Running, string>> = {
  compatibility_date: 'the compatibility date',
  compatibility_flags: 'the compatibility flags',
  usage_model: 'the usage model',
  limits: 'the limits',
  placement: 'the placement',
};

/** `adds the secret API_KEY`, `removes PRICES`, `changes the limits`: never a value. */
export const changesInWords = (settings: Settings, draft: Draft): readonly string[] => [
  ...rowsOf(settings.bindings, draft)
    .filter(({ change }) => change !== undefined)
    .map((row) => `${VERBS[row.change ?? 'changed']} ${typeOf(row) === 'secret_text' ? 'the secret ' : ''}${row.name}`),
  ...Object.keys(draft.running).map((member) => `changes ${RUNNING[member as keyof Running]}`),
];

/** A message that says what changes, to be written otherwise: `Adds API_KEY, GREETING; changes the limits`. */
export const messageFor = (settings: Settings, draft: Draft): string => {
  const byVerb = new Map<string, string[]>();
  for (const change of changesInWords(settings, draft)) {
    const [verb = '', ...rest] = change.split(' ');
    byVerb.set(verb, [...(byVerb.get(verb) ?? []), rest.join(' ').replace('the secret ', '')]);
  }
  const text = [...byVerb].map(([verb, names]) => `${verb} ${names.join(', ')}`).join('; ');
  const whole = text.charAt(0).toUpperCase() + text.slice(1);
  return whole.length <= MOST_PROPOSED ? whole : `${whole.slice(0, MOST_PROPOSED - 1)}…`;
};

/** Room is left for what the server says behind it, of a version that is made of other code. */
const MOST_PROPOSED = 80;

/** Names of secrets that are there and would be others, or gone: what serves now has values of them that going back would bring back. */
export const secretsIn = (settings: Settings, draft: Draft): readonly string[] =>
  rowsOf(settings.bindings, draft).flatMap((row) => (row.change !== undefined && row.before?.type === 'secret_text' ? [row.name] : []));

export const kindOf = (row: BindingRow) => BINDING_KINDS[typeOf(row)];
