import { useState } from 'react';
import { refresh, useAct } from '../../api/index.ts';
import { Button, Fault, Field, Refusal, wordsOf } from '../../parts/index.ts';
import type { BindingField, Pool } from './binding-kinds.ts';
import { POOLS, type PoolOf } from './pools.ts';

interface PickerProps {
  readonly field: BindingField;
  readonly pool: Pool;
  readonly value: string;
  readonly fault: string | undefined;
  readonly onChange: (value: string) => void;
}

/** One of what exists; of some kinds another can be made on the way. */
export const Picker = ({ field, pool, value, fault, onChange }: PickerProps) => {
  const { one, useChoices, create } = POOLS[pool];
  const { read, choices } = useChoices();
  const [isNew, setIsNew] = useState(false);
  if (isNew && create !== undefined) {
    const made = (id: string): void => {
      setIsNew(false);
      onChange(id);
    };
    return <NewOne one={one} hasTried={fault !== undefined} create={create} onMade={made} onCancel={() => setIsNew(false)} />;
  }
  const isGone = value !== '' && choices !== undefined && !choices.some((choice) => choice.value === value);
  const hint = isGone ? `The ${one} that is bound no longer exists.` : choices?.length === 0 ? `There is no ${one} yet.` : undefined;
  return (
    <div className="settings-pick">
      <Field label={field.label} hint={hint} fault={fault}>
        {(ids) => (
          <select {...ids} className="input" value={value} onChange={({ target }) => onChange(target.value)}>
            <option value="">{choices === undefined ? 'Reading the list' : `Choose a ${one}`}</option>
            {isGone && <option value={value}>{value}</option>}
            {choices?.map((choice) => (
              <option key={choice.value} value={choice.value}>
                {choice.text}
              </option>
            ))}
          </select>
        )}
      </Field>
      {create !== undefined && <Button onClick={() => setIsNew(true)}>New {one}</Button>}
      {read.isError && <Fault>{wordsOf(read.error)}</Fault>}
    </div>
  );
};

interface NewOneProps {
  readonly one: string;
  /** The whole form was to be kept before this one was made. */
  readonly hasTried: boolean;
  readonly create: NonNullable<PoolOf['create']>;
  readonly onMade: (value: string) => void;
  readonly onCancel: () => void;
}

const NewOne = ({ one, hasTried, create, onMade, onCancel }: NewOneProps) => {
  const [name, setName] = useState('');
  const made = useAct({
    mutationFn: () => create(name.trim()),
    onSuccess: async (id) => {
      await refresh(undefined);
      onMade(id);
    },
  });
  return (
    <div className="settings-new">
      <Field
        label={`Name of the new ${one}`}
        hint="It is made at once, before anything is saved."
        fault={hasTried ? 'Make it first, or choose one that there is.' : undefined}
      >
        {(ids) => (
          <input
            {...ids}
            className="input"
            autoComplete="off"
            spellCheck={false}
            autoFocus
            value={name}
            onChange={({ target }) => setName(target.value)}
            onKeyDown={(event) => {
              if (event.key !== 'Enter') return;
              event.preventDefault();
              if (name.trim() !== '' && !event.nativeEvent.isComposing) made.mutate();
            }}
          />
        )}
      </Field>
      {made.isError && <Refusal what="Not made." error={made.error} />}
      <div className="settings-buttons">
        <Button onClick={onCancel}>Choose one instead</Button>
        <Button
          onClick={() => made.mutate()}
          why={name.trim() === '' ? 'It needs a name.' : undefined}
          working={made.isPending ? 'Making it' : undefined}
        >
          Make {name.trim() === '' ? `the ${one}` : name.trim()}
        </Button>
      </div>
    </div>
  );
};
