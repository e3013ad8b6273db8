import { useState } from 'react';
import { Button, Cancel, Dialog, Field, SelectField, TextField } from '../../parts/index.ts';
import { bindingOf, faultsOf, firstValues, valuesOf, type GivenBinding, type Values } from './binding-form.ts';
import { isValue } from '../../words/index.ts';
import { ADDABLE, BINDING_KINDS, type BindingField, type BindingType } from './binding-kinds.ts';
import { typeOf, type BindingRow } from './draft.ts';
import { Picker } from './picker.tsx';

interface BindingDialogProps {
  readonly worker: string;
  /** The one that is edited; else one is added. */
  readonly row: BindingRow | undefined;
  /** The kind it begins with. */
  readonly type: BindingType;
  /** Names that another binding has. */
  readonly taken: readonly string[];
  readonly onKeep: (name: string, binding: GivenBinding) => void;
  readonly onClose: () => void;
}

/** One form for every kind of binding. What is entered goes to the draft; nothing is saved here. */
export const BindingDialog = ({ worker, row, type: first, taken, onKeep, onClose }: BindingDialogProps) => {
  const [type, setType] = useState(row === undefined ? first : typeOf(row));
  const kind = BINDING_KINDS[type];
  const [name, setName] = useState(row?.name ?? '');
  const [values, setValues] = useState<Values>(row?.after === undefined ? firstValues(kind) : valuesOf(row.after, kind, worker));
  const [hasTried, setHasTried] = useState(false);
  const [hasTyped, setHasTyped] = useState(false);
  const faults = faultsOf(name, row === undefined ? taken : [], kind, values);
  const shown = hasTried ? faults : {};
  const set = (at: string, value: string): void => {
    setHasTyped(true);
    setValues({ ...values, [at]: value });
  };
  const choose = (next: BindingType): void => {
    setType(next);
    setValues(firstValues(BINDING_KINDS[next]));
    setHasTried(false);
  };
  const keep = (): void => {
    setHasTried(true);
    if (Object.keys(faults).length === 0) onKeep(name, bindingOf(type, kind, values, row?.after));
  };
  return (
    <Dialog
      title={row === undefined ? (isValue({ type }) ? 'Add a variable or secret' : 'Add a binding') : `Change ${row.name}`}
      aside={row === undefined ? undefined : kind.name}
      hasTyped={hasTyped}
      onClose={onClose}
      onSubmit={keep}
      foot={
        <>
          <p>Nothing changes yet: it is kept for the next version.</p>
          <Cancel />
          <Button kind="main" type="submit">
            {row === undefined ? `Add ${name === '' ? 'it' : name}` : `Change ${row.name}`}
          </Button>
        </>
      }
    >
      <div className="settings-form">
        {row === undefined && (
          <SelectField
            label="Kind"
            value={type}
            onChange={({ target }) => choose(target.value as BindingType)}
            of={ADDABLE.filter((other) => isValue({ type: other }) === isValue({ type: first })).map((other) => [
              other,
              BINDING_KINDS[other].name,
            ])}
          />
        )}
        <p className="small second">{kind.about}</p>
        {row === undefined && (
          <TextField
            label="Name"
            hint={`The code reads it as env.${name === '' ? kind.example : name}.`}
            fault={shown['name']}
            placeholder={kind.example}
            className="input mono"
            data-first
            value={name}
            onChange={({ target }) => {
              setHasTyped(true);
              setName(target.value.trim());
            }}
          />
        )}
        {kind.fields.map((field) => (
          <OneField key={`${type} ${field.at}`} field={field} value={values[field.at] ?? ''} fault={shown[field.at]} onChange={set} />
        ))}
      </div>
    </Dialog>
  );
};

interface OneFieldProps {
  readonly field: BindingField;
  readonly value: string;
  readonly fault: string | undefined;
  readonly onChange: (at: string, value: string) => void;
}

const OneField = ({ field, value, fault, onChange }: OneFieldProps) => {
  const { at, as, label, hint } = field;
  const change = (next: string): void => onChange(at, next);
  const around = { label, hint, fault };
  switch (as) {
    case 'line':
    case 'number':
      return (
        <TextField
          {...around}
          inputMode={as === 'number' ? 'numeric' : 'text'}
          value={value}
          onChange={({ target }) => change(target.value)}
        />
      );
    case 'hidden':
      return (
        <TextField {...around} type="password" autoComplete="new-password" value={value} onChange={({ target }) => change(target.value)} />
      );
    case 'text':
    case 'json':
      return (
        <Field {...around}>
          {(ids) => (
            <textarea
              {...ids}
              className="input mono"
              rows={as === 'json' ? 6 : 3}
              spellCheck={false}
              value={value}
              onChange={({ target }) => change(target.value)}
            />
          )}
        </Field>
      );
    default:
      return typeof as === 'string' ? (
        <Picker field={field} pool={as} value={value} fault={fault} onChange={change} />
      ) : (
        <SelectField {...around} of={as} value={value} onChange={({ target }) => change(target.value)} />
      );
  }
};
