import { isCompatibilityDate } from '../../../domain/index.ts';
import { Field, SelectField, TextField } from '../../parts/index.ts';
import { presentOf, withRunning, type Draft, type Running, type Settings } from './draft.ts';

interface RunningProps {
  readonly settings: Settings;
  readonly draft: Draft;
  readonly onChange: (draft: Draft) => void;
}

const USAGE_MODELS = [
  ['standard', 'Standard'],
  ['bundled', 'Bundled (older)'],
  ['unbound', 'Unbound (older)'],
] as const;

/** How a version runs, beside its code and bindings. */
export const HowItRuns = ({ settings, draft, onChange }: RunningProps) => {
  const { compatibility_date, compatibility_flags, usage_model, limits, placement } = { ...presentOf(settings), ...draft.running };
  const set = (change: Running): void => onChange(withRunning(draft, settings, change));
  const mode = placementIn(placement);
  return (
    <section className="settings-section" aria-labelledby="how-it-runs">
      <div className="section-head">
        <h3 id="how-it-runs" className="heading">
          How it runs
        </h3>
      </div>
      <div className="settings-fields">
        <TextField
          label="Compatibility date"
          hint="Which changes of the runtime it has: all up to this day."
          fault={compatibility_date === '' || isCompatibilityDate(compatibility_date) ? undefined : 'It is no day. Write it as 2026-11-21.'}
          placeholder="2026-11-21"
          className="input num"
          value={compatibility_date}
          onChange={({ target }) => set({ compatibility_date: target.value.trim() })}
        />
        <TextField
          label="CPU limit in milliseconds, optional"
          hint="How long it may compute without a word. Without one, the server’s."
          inputMode="numeric"
          value={limits.cpu_ms ?? ''}
          onChange={({ target }) => set({ limits: withCpu(limits, target.value) })}
        />
        <Flags flags={compatibility_flags} onChange={(flags) => set({ compatibility_flags: flags })} />
        <div className="settings-stack">
          <SelectField
            label="Placement"
            hint="Kept with the version. On one machine it changes nothing."
            value={mode}
            of={[
              ['default', 'Default'],
              ['smart', 'Smart'],
              ...(mode === 'other' ? ([['other', JSON.stringify(placement)]] as const) : []),
            ]}
            onChange={({ target }) => set({ placement: placementOf(target.value, settings) })}
          />
          <SelectField
            label="Usage model"
            hint="Kept with the version, for clients that ask for it."
            value={usage_model}
            of={USAGE_MODELS}
            onChange={({ target }) => set({ usage_model: target.value as Settings['usage_model'] })}
          />
        </div>
      </div>
    </section>
  );
};

/** One to a line. What is typed stays as it is; what is meant by it goes to the draft. */
const Flags = ({ flags, onChange }: { readonly flags: readonly string[]; readonly onChange: (flags: readonly string[]) => void }) => (
  <Field label="Compatibility flags" hint="One to a line, such as nodejs_compat.">
    {(ids) => (
      <textarea
        {...ids}
        className="input mono"
        rows={5}
        spellCheck={false}
        value={flags.join('\n')}
        onChange={({ target }) => onChange(target.value === '' ? [] : target.value.split('\n'))}
      />
    )}
  </Field>
);

const withCpu = (limits: NonNullable<Settings['limits']>, typed: string): NonNullable<Settings['limits']> => {
  const { cpu_ms: _, ...others } = limits;
  const cpuMs = Number(typed.replaceAll(/\D/g, ''));
  return cpuMs === 0 ? others : { ...others, cpu_ms: cpuMs };
};

const placementIn = (placement: Required<Running>['placement']): 'default' | 'smart' | 'other' => {
  if (placement === null || Object.keys(placement).length === 0) return 'default';
  return placement['mode'] === 'smart' && Object.keys(placement).length === 1 ? 'smart' : 'other';
};

const placementOf = (mode: string, settings: Settings): Required<Running>['placement'] => {
  if (mode === 'other') return settings.placement ?? null;
  return mode === 'smart' ? { mode: 'smart' } : null;
};
