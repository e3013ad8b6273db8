import { isBindingName } from '../../../domain/index.ts';
import type { BindingField, BindingKind, BindingType } from './binding-kinds.ts';

/** What stands in the fields of a binding, by where it is in the binding. */
export type Values = Readonly<Record<string, string>>;

/** A binding as the API takes it; its name stands beside it. */
export interface GivenBinding {
  readonly type: string;
  readonly [member: string]: unknown;
}

const memberAt = (binding: object, at: string): unknown =>
  at.split('.').reduce<unknown>((value, name) => (value as Readonly<Record<string, unknown>> | undefined)?.[name], binding);

/** A class is picked with the Worker that has it, which is this one where none is named: `Room@chat`. */
const classOf = (binding: object, worker: string): string =>
  `${String(memberAt(binding, 'class_name'))}@${String(memberAt(binding, 'script_name') ?? worker)}`;

const asTyped = (value: unknown, { as }: BindingField): string => {
  if (value === undefined) return '';
  return as === 'json' ? JSON.stringify(value, null, 2) : String(value);
};

/** What a binding of a Worker has in its fields, to be edited. The value of a secret nobody knows. */
export const valuesOf = (binding: object, { fields }: BindingKind, worker: string): Values =>
  Object.fromEntries(
    fields.map((field) => [
      field.at,
      field.as === 'classes' ? classOf(binding, worker) : field.as === 'hidden' ? '' : asTyped(memberAt(binding, field.at), field),
    ]),
  );

/** The first choice stands in fields that have choices; all others are empty. */
export const firstValues = ({ fields }: BindingKind): Values =>
  Object.fromEntries(fields.map(({ at, as }) => [at, typeof as === 'string' ? '' : (as[0]?.[0] ?? '')]));

/** What is wrong, by field; of the name by `name`. The API decides about all else. */
export const faultsOf = (name: string, taken: readonly string[], { fields }: BindingKind, values: Values): Values => {
  const faults: Record<string, string> = {};
  if (name === '') faults['name'] = 'It needs a name.';
  else if (!isBindingName(name)) faults['name'] = 'A name has no spaces, and at most 255 characters.';
  else if (taken.includes(name)) faults['name'] = `${name} is there already. Change that one, or take another name.`;
  for (const field of fields) {
    const fault = faultIn(field, values[field.at] ?? '');
    if (fault !== undefined) faults[field.at] = fault;
  }
  return faults;
};

const faultIn = ({ as, isOptional }: BindingField, value: string): string | undefined => {
  if (value === '') return isOptional === true ? undefined : 'It is missing.';
  if (as === 'number' && !/^\d{1,15}$/.test(value)) return 'It is no whole number.';
  return as === 'json' ? jsonFault(value) : undefined;
};

const jsonFault = (text: string): string | undefined => {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return `It is no JSON: ${error instanceof Error ? error.message : String(error)}.`;
  }
};

const numeric = (field: BindingField): boolean => field.as === 'number' || field.at === 'simple.period';

const memberOf = (field: BindingField, value: string): unknown => {
  if (numeric(field)) return Number(value);
  return field.as === 'json' ? (JSON.parse(value) as unknown) : value;
};

/** The binding that the fields stand for. What `before` has beside them stays: props of a service, say. */
export const bindingOf = (type: BindingType, { fields }: BindingKind, values: Values, before: object = {}): GivenBinding => {
  const binding: Record<string, unknown> = { ...before, type };
  delete binding['name'];
  for (const field of fields) {
    const value = values[field.at] ?? '';
    const [member = '', inner] = field.at.split('.');
    if (field.as === 'classes') Object.assign(binding, classMembers(value));
    else if (value === '' && field.isOptional === true && field.as !== 'text') delete binding[member];
    else if (inner === undefined) binding[member] = memberOf(field, value);
    else binding[member] = { ...(binding[member] as object | undefined), [inner]: memberOf(field, value) };
  }
  return binding as GivenBinding;
};

const classMembers = (value: string): Readonly<Record<string, unknown>> => {
  const [className, script] = value.split('@');
  return { class_name: className, script_name: script, namespace_id: undefined };
};
