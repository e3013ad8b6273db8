import type { useApi } from '../../api/index.ts';
import { Bones, Field, Loaded, SelectField, TextField } from '../../parts/index.ts';
import { TIMESTAMPS, type Draft } from './draft.ts';

interface JobFieldsProps {
  readonly draft: Draft;
  /** Each field of the dataset, with what it means. */
  readonly fields: ReturnType<typeof useApi<'getDatasetFields'>>;
  readonly onChange: (change: Partial<Draft>) => void;
}

export const JobFields = ({ draft, fields, onChange }: JobFieldsProps) => (
  <div className="logpush-form">
    <TextField label="Name, optional" value={draft.name} data-first onChange={({ target }) => onChange({ name: target.value })} />
    <TextField
      label="Destination"
      hint="s3://bucket/path?region=…&access-key-id=…&secret-access-key=…, https://host/path?header_Authorization=…, or file:///folder where the server was started with leave to write there."
      value={draft.destination}
      onChange={({ target }) => onChange({ destination: target.value })}
    />
    <fieldset>
      <legend>Fields</legend>
      <Loaded from={fields} bones={<Bones lines={[90, 90, 90, 90, 30]} />} what="The fields did not load.">
        {({ result }) => (
          <div className="logpush-fields">
            {Object.entries(result).map(([name, meaning]) => (
              <label key={name} className="choice" title={meaning}>
                <input
                  type="checkbox"
                  checked={draft.fields.includes(name)}
                  onChange={({ target }) =>
                    onChange({ fields: target.checked ? [...draft.fields, name] : draft.fields.filter((each) => each !== name) })
                  }
                />
                <span className="mono">{name}</span>
              </label>
            ))}
          </div>
        )}
      </Loaded>
    </fieldset>
    <div className="logpush-pair">
      <SelectField
        label="Times"
        of={TIMESTAMPS}
        value={draft.timestampFormat}
        onChange={({ target }) => onChange({ timestampFormat: target.value })}
      />
      <TextField
        label="Share of the invocations, in per cent"
        inputMode="decimal"
        className="input num"
        value={draft.sample}
        onChange={({ target }) => onChange({ sample: target.value })}
      />
    </div>
    <Field label="Filter, optional" hint='JSON, as Cloudflare has it: {"where":{"key":"Outcome","operator":"eq","value":"exception"}}'>
      {(ids) => (
        <textarea
          {...ids}
          className="input mono"
          rows={3}
          spellCheck={false}
          value={draft.filter}
          onChange={({ target }) => onChange({ filter: target.value })}
        />
      )}
    </Field>
  </div>
);
