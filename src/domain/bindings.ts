import { accept, refuse, type Result } from '../base/index.ts';
import { isSecret, type Binding, type RequestedBinding, type SecretBinding } from './binding.ts';
import { isBindingName } from './names.ts';
import type { Refusal } from './refusal.ts';
import { isResourceBinding } from './resource.ts';

/** 128 text bindings is Cloudflare's limit on paid plans; all bindings together get room for resources beside them. */
export const MOST_BINDINGS = 512;

const SECRET_TYPES = new Set(['secret_text', 'secret_key']);

export interface BindingsRequest {
  readonly requested: readonly RequestedBinding[];
  /** Binding types to carry over from the version before. Secrets are carried over unless this is an empty list. */
  readonly keepTypes: readonly string[] | undefined;
  /** Whether a binding that inherits from nothing is refused (10057) or dropped. */
  readonly strictInherit: boolean;
  /** The version before, newest first when a binding names another by id. */
  readonly previous: readonly Binding[];
  /** What an `inherit` that names no version may take: {@link inheritable}; the version before where it is absent. */
  readonly inheritable?: readonly Binding[] | undefined;
  readonly versionById: (id: string) => readonly Binding[] | undefined;
  readonly seal: (text: string) => Omit<SecretBinding, 'type' | 'name'>;
}

/**
 * The bindings a version gets: what was asked for, `inherit` resolved, and what is kept from the version before.
 * A kept binding never replaces one that was asked for by the same name.
 */
export const resolveBindings = (request: BindingsRequest): Result<readonly Binding[], Refusal> => {
  if (request.requested.length > MOST_BINDINGS) return tooMany(request.requested.length);
  const resolved: Binding[] = [];
  const missing: string[] = [];
  const names = new Set<string>();
  for (const binding of request.requested) {
    if (!isBindingName(binding.name))
      return refuse({ code: 'binding_invalid', name: binding.name, fault: 'its name must be 1 to 255 characters without spaces' });
    if (names.has(binding.name)) return refuse({ code: 'binding_twice', name: binding.name });
    names.add(binding.name);
    const found = bindingFor(binding, request);
    if (found !== undefined) resolved.push(found);
    else missing.push(binding.name);
  }
  if (missing.length > 0 && request.strictInherit) return refuse({ code: 'inherit_missing', names: missing });
  const kept = request.previous.filter(({ name, type }) => !names.has(name) && isKept(type, request.keepTypes));
  const bindings = [...resolved, ...kept];
  return bindings.length > MOST_BINDINGS ? tooMany(bindings.length) : accept(bindings);
};

const tooMany = (count: number) => refuse({ code: 'too_many_bindings' as const, count, limit: MOST_BINDINGS });

const bindingFor = (binding: RequestedBinding, request: BindingsRequest): Binding | undefined => {
  if (binding.type === 'inherit') {
    const { version_id: named } = binding;
    const newest = named === 'latest' ? request.previous : (request.inheritable ?? request.previous);
    const from = named === undefined || named === 'latest' ? newest : request.versionById(named);
    const found = from?.find(({ name }) => name === (binding.old_name ?? binding.name));
    return found === undefined ? undefined : { ...found, name: binding.name };
  }
  if (binding.type !== 'secret_text') return binding;
  if ('text' in binding) return { type: 'secret_text', name: binding.name, ...request.seal(binding.text) };
  return request.previous.find(({ name, type }) => name === binding.name && type === 'secret_text');
};

/**
 * What the next upload can inherit, and settings show: all that the newest version binds, and resources that it does not bind but what
 * serves does. A client that finds none there would make it anew, under a name that is taken.
 */
export const inheritable = (newest: readonly Binding[], serving: readonly Binding[]): readonly Binding[] => {
  const bindings = new Map(newest.map((binding) => [binding.name, binding]));
  for (const binding of serving) if (isResourceBinding(binding) && !bindings.has(binding.name)) bindings.set(binding.name, binding);
  return [...bindings.values()];
};

const isKept = (type: string, keepTypes: readonly string[] | undefined): boolean => {
  const isSecretType = SECRET_TYPES.has(type);
  if (keepTypes === undefined) return isSecretType;
  // Clients that keep variables name only those, and their users expect secrets to survive all the same.
  return keepTypes.length > 0 && (isSecretType || keepTypes.includes(type));
};

/** Names of the secrets that are not the same in two versions, in order: changed, added or removed. */
export const changedSecrets = (before: readonly Binding[], after: readonly Binding[]): readonly string[] => {
  const [old, current] = [fingerprints(before), fingerprints(after)];
  return [...new Set([...old.keys(), ...current.keys()])].filter((name) => old.get(name) !== current.get(name)).toSorted();
};

/** Of these the ones that a version binds itself: their old values are what it would bring back. What came after it, it knows nothing of. */
export const broughtBack = (then: readonly Binding[], today: readonly Binding[]): readonly string[] => {
  const its = fingerprints(then);
  return changedSecrets(then, today).filter((name) => its.has(name));
};

export interface SecretChange {
  /** Names of those that have another value than before, or are new. */
  readonly set: readonly string[];
  readonly deleted: readonly string[];
}

/** What became of the secrets between a version and one made after it: their names only. */
export const secretChange = (before: readonly Binding[], after: readonly Binding[]): SecretChange => {
  const kept = fingerprints(after);
  const { set = [], deleted = [] } = Object.groupBy(changedSecrets(before, after), (name) => (kept.has(name) ? 'set' : 'deleted'));
  return { set, deleted };
};

/**
 * What `then` binds, with the secrets of `today`: those that came since too, for the next upload takes them over from the version that
 * has these bindings. Where a name is a secret in one of both and something else in the other, it is what it is today.
 */
export const withSecretsOf = (today: readonly Binding[], then: readonly Binding[]): readonly Binding[] => {
  const secret = new Set([...then, ...today].filter(isSecret).map(({ name }) => name));
  const isSecretName = ({ name }: Binding): boolean => secret.has(name);
  return [...then.filter((binding) => !isSecretName(binding)), ...today.filter(isSecretName)];
};

/** Whether two versions have the same secret of a name, or both have none. */
export const isSameSecret = (name: string, one: readonly Binding[], other: readonly Binding[]): boolean =>
  fingerprints(one).get(name) === fingerprints(other).get(name);

const fingerprints = (bindings: readonly Binding[]): ReadonlyMap<string, string> =>
  new Map(bindings.filter(isSecret).map(({ name, fingerprint }) => [name, fingerprint]));
