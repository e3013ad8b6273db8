import { bindingKind, bindingTarget, isValue, type ShownBinding } from '../../words/bindings.ts';
import type { Differences } from './compare.tsx';

export interface Row {
  readonly name: string;
  readonly kind: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
  readonly change: string;
  /** How it is called where it is not there. */
  readonly absent: 'not bound' | 'not set';
}

type Bound = Differences['bindings']['differing'][number]['after'];

const CHANGES = { added: 'Added', removed: 'Removed', changed: 'Changed' } as const;

const isSecret = ({ type }: ShownBinding): boolean => type === 'secret_text';

/** What a binding reaches, as the account calls it. */
const reached = (bound: Bound): string | undefined => {
  if (bound === null) return undefined;
  if (isSecret(bound.binding)) return 'a value that is never shown';
  if (bound.resource !== null) return bound.resource.name ?? `${bound.resource.id}, which no longer exists`;
  return bindingTarget(bound.binding);
};

const json = (value: unknown): string | undefined =>
  value == null ? undefined : typeof value === 'string' ? value : JSON.stringify(value);

/** Newer or older, of dates; else that it changed. */
const changeOf = (before: string | undefined, after: string | undefined): string => {
  if (before === undefined) return 'Added';
  if (after === undefined) return 'Removed';
  return /^\d{4}-\d\d-\d\d$/.test(before) && /^\d{4}-\d\d-\d\d$/.test(after) ? (after > before ? 'Newer' : 'Older') : 'Changed';
};

const setting = (name: string, kind: string, pair: { readonly before: unknown; readonly after: unknown } | null): readonly Row[] => {
  if (pair === null) return [];
  const [before, after] = [json(pair.before), json(pair.after)];
  return [{ name, kind, before, after, change: changeOf(before, after), absent: 'not set' }];
};

const named = (
  kind: string,
  { added, removed, changed = [] }: { added: readonly string[]; removed: readonly string[]; changed?: readonly string[] },
) => [
  ...added.map((name): Row => ({ name, kind, before: undefined, after: 'there', change: CHANGES.added, absent: 'not set' })),
  ...removed.map((name): Row => ({ name, kind, before: 'there', after: undefined, change: CHANGES.removed, absent: 'not set' })),
  ...changed.map((name): Row => ({ name, kind, before: 'there', after: 'there', change: CHANGES.changed, absent: 'not set' })),
];

/** All that differs but code and assets, a line each. */
export const configurationRows = (differences: Differences): readonly Row[] => [
  ...differences.bindings.differing.map(({ name, change, before, after }): Row => {
    const either = after ?? before;
    return {
      name,
      kind: either === null ? '' : bindingKind(either.binding),
      before: reached(before),
      after: reached(after),
      change: CHANGES[change],
      absent: either !== null && isValue(either.binding) ? 'not set' : 'not bound',
    };
  }),
  ...setting('compatibility_date', 'Runtime', differences.compatibility_date),
  ...named('Compatibility flag', differences.compatibility_flags),
  ...setting('limits', 'Runtime', differences.limits),
  ...setting('usage_model', 'Runtime', differences.usage_model),
  ...setting('placement', 'Runtime', differences.placement),
  ...setting('main_module', 'Entry point', differences.main_module),
  ...named('Durable Object class', differences.classes),
  ...differences.assets.settings.map(({ name, change, before, after }): Row => ({
    name,
    kind: 'How assets are served',
    before: json(before),
    after: json(after),
    change: CHANGES[change],
    absent: 'not set',
  })),
];
