import { Fragment } from 'react';
import { useApi } from '../../api/index.ts';
import { Bones, Button, late, Loaded } from '../../parts/index.ts';
import { useAddress } from '../../shell/index.ts';
import { bytes } from '../../words/index.ts';

const ModuleText = late(async () => (await import('./module-text.tsx')).ModuleText, {
  what: 'What shows code did not load.',
  bones: <Bones lines={[70, 50, 60]} />,
});

const KINDS: Readonly<Record<string, string>> = {
  esm: 'ES module',
  commonjs: 'CommonJS',
  wasm: 'WebAssembly',
  text: 'Text',
  data: 'Data',
  json: 'JSON',
  python: 'Python',
  sourcemap: 'Source map',
};

/** What was uploaded, each to be read; which one is open stands in the address. */
export const VersionModules = ({ name, id }: { readonly name: string; readonly id: string }) => {
  const [{ module: opened }, change] = useAddress();
  const modules = useApi('listModules', { params: { name, version_id: id } });
  return (
    <section className="section">
      <h3 className="heading">Modules {modules.data !== undefined && <span className="count">{modules.data.result.length}</span>}</h3>
      <Loaded from={modules} bones={<Bones lines={[60, 60]} />} what="Its modules did not load.">
        {({ result }) => (
          <div className="one-version-wide">
            <table className="table one-version-table">
              <thead>
                <tr>
                  <th scope="col">Name</th>
                  <th scope="col">Type</th>
                  <th scope="col" className="r">
                    Size
                  </th>
                  <th scope="col">
                    <span className="visually-hidden">Read</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {result.map((module) => (
                  <Fragment key={module.name}>
                    <tr>
                      <td>
                        <span className="mono">{module.name}</span> {module.is_main && <span className="tag">Main</span>}
                      </td>
                      <td>{KINDS[module.type] ?? module.type}</td>
                      <td className="r">{bytes(module.size)}</td>
                      <td className="r">
                        {module.is_readable && (
                          <Button
                            isSmall
                            aria-expanded={opened === module.name}
                            onClick={() => change({ module: opened === module.name ? undefined : module.name }, false)}
                          >
                            {opened === module.name ? 'Close' : 'Read'} <span className="visually-hidden">{module.name}</span>
                          </Button>
                        )}
                      </td>
                    </tr>
                    {opened === module.name && module.is_readable && (
                      <tr className="one-version-text">
                        <td colSpan={4}>
                          <ModuleText name={name} id={id} module={opened} />
                        </td>
                      </tr>
                    )}
                  </Fragment>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Loaded>
    </section>
  );
};
