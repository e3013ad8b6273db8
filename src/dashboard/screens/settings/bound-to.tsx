import type { GivenBinding } from './binding-form.ts';
import { BINDING_KINDS, type BindingType, type Pool, type ShownBinding } from './binding-kinds.ts';
import { valuesOf } from './binding-form.ts';
import { POOLS } from './pools.ts';

/** What a binding holds or reaches, in one line. The value of a secret is known to nobody. */
export const BoundTo = ({ binding, worker }: { readonly binding: GivenBinding | ShownBinding; readonly worker: string }) => {
  const kind = BINDING_KINDS[binding.type as BindingType];
  const values = valuesOf(binding, kind, worker);
  const pooled = kind.fields.find((field) => typeof field.as === 'string' && field.as in POOLS);
  if (binding.type === 'secret_text') return <span className="third">Never shown</span>;
  if (binding.type === 'plain_text') return <span className="mono">{values['text'] === '' ? '""' : values['text']}</span>;
  if (binding.type === 'json' && 'json' in binding) return <span className="mono">{JSON.stringify(binding.json)}</span>;
  if (binding.type === 'ratelimit')
    return (
      <>
        {values['simple.limit']} calls in {values['simple.period']} s <span className="third">namespace {values['namespace_id']}</span>
      </>
    );
  if (pooled !== undefined) {
    return (
      <>
        <NameOf pool={pooled.as as Pool} value={values[pooled.at] ?? ''} />
        {'entrypoint' in binding && binding.entrypoint !== undefined && <span className="third"> {String(binding.entrypoint)}</span>}
        {values['delivery_delay'] !== undefined && values['delivery_delay'] !== '' && (
          <span className="third"> after {values['delivery_delay']} s</span>
        )}
      </>
    );
  }
  return <span className="third">{'part' in binding ? String(binding.part) : 'Of the version itself'}</span>;
};

/** What it is called that a binding names by its id. Until that is known, and where there is none, its id. */
const NameOf = ({ pool, value }: { readonly pool: Pool; readonly value: string }) => {
  const { one, useChoices } = POOLS[pool];
  const { choices } = useChoices();
  const found = choices?.find((choice) => choice.value === value);
  if (found !== undefined) return <>{found.text}</>;
  // Of another's classes, and of more than a page of them, not all are listed: only what is certain is said.
  if (choices === undefined || choices.length >= 1000 || pool === 'classes') return <span className="mono">{value.split('@')[0]}</span>;
  return (
    <>
      <span className="mono">{value}</span> <span className="tag">This {one} no longer exists</span>
    </>
  );
};
