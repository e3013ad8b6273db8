import type { ReactNode } from 'react';
import { useApi } from '../../api/index.ts';
import { bindingKind, bindingTarget, isValue, resourceIdOf, type ShownBinding } from '../../words/index.ts';

/** What its code finds in `env`: what it reaches, and the values that the version itself has. Of a secret, the name. */
export const VersionBindings = ({ bindings }: { readonly bindings: readonly ShownBinding[] }) => {
  const values = bindings.filter(isValue);
  const others = bindings.filter((binding) => !isValue(binding));
  const names = useResourceNames(others);
  return (
    <>
      <Section title="Bindings" count={others.length} none="It reaches nothing outside of itself.">
        <table className="table one-version-table one-version-names">
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">Kind</th>
              <th scope="col">What it reaches</th>
            </tr>
          </thead>
          <tbody>
            {others.map((binding) => (
              <tr key={binding.name}>
                <td className="mono">{binding.name}</td>
                <td>{bindingKind(binding)}</td>
                <td>
                  <Target of={binding} names={names} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Section>
      <Section title="Variables and secrets" count={values.length} none="It has no variables and no secrets.">
        <table className="table one-version-table one-version-names">
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">Kind</th>
              <th scope="col">Value</th>
            </tr>
          </thead>
          <tbody>
            {values.map((binding) => (
              <tr key={binding.name}>
                <td className="mono">{binding.name}</td>
                <td>{bindingKind(binding)}</td>
                <td>
                  {binding.type === 'secret_text' ? (
                    <span className="third">A value that is never shown</span>
                  ) : (
                    <pre className="one-version-value">{bindingTarget(binding)}</pre>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Section>
    </>
  );
};

interface SectionProps {
  readonly title: string;
  readonly count: number;
  readonly none: string;
  readonly children: ReactNode;
}

const Section = ({ title, count, none, children }: SectionProps) => (
  <section className="section">
    <h3 className="heading">
      {title} {count > 0 && <span className="count">{count}</span>}
    </h3>
    {count === 0 ? <p className="second">{none}</p> : <div className="one-version-wide">{children}</div>}
  </section>
);

interface Names {
  readonly of: ReadonlyMap<string, string>;
  /** All of them are known: what has no name does not exist. */
  readonly areAll: boolean;
}

const Target = ({ of: binding, names }: { readonly of: ShownBinding; readonly names: Names }) => {
  const id = resourceIdOf(binding);
  if (id === undefined) return bindingTarget(binding);
  const name = names.of.get(id);
  return (
    <>
      {name ?? (names.areAll && 'No longer exists:')} <span className={name === undefined ? 'mono' : 'mono third'}>{id}</span>
    </>
  );
};

const MOST = { per_page: 1_000 };

/** By their ids, what is named apart from them; asked only for what there is. */
const useResourceNames = (bindings: readonly ShownBinding[]): Names => {
  const has = (type: ShownBinding['type']) => ({ enabled: bindings.some((binding) => binding.type === type) });
  const namespaces = useApi('listKvNamespaces', { query: MOST }, has('kv_namespace'));
  const databases = useApi('listD1Databases', { query: MOST }, has('d1'));
  const certificates = useApi('listCertificates', { query: MOST }, has('mtls_certificate'));
  const asked = [namespaces, databases, certificates].filter(({ isEnabled }) => isEnabled);
  const of = new Map([
    ...(namespaces.data?.result ?? []).map(({ id, title }) => [id, title] as const),
    ...(databases.data?.result ?? []).map(({ uuid, name }) => [uuid, name] as const),
    ...(certificates.data?.result ?? []).map(({ id, name }) => [id, name ?? 'Without a name'] as const),
  ]);
  return { of, areAll: asked.every(({ data }) => data !== undefined && data.result.length >= (data.resultInfo.total_count ?? 0)) };
};
