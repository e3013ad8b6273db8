import { EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { useEffect, useRef } from 'react';
import { codeLook, languageOf, readOnly } from '../../code/index.ts';
import { useModuleText } from '../../code/module-text.ts';
import { Bones, Loaded } from '../../parts/index.ts';

interface ModuleTextProps {
  readonly name: string;
  readonly id: string;
  readonly module: string;
}

/** One module to be read. */
export const ModuleText = ({ name, id, module }: ModuleTextProps) => {
  const text = useModuleText(name, id, module);
  return (
    <Loaded from={text} bones={<Bones lines={[70, 50, 60]} />} what={`${module} did not load.`}>
      {(code) => <Code text={code} module={module} />}
    </Loaded>
  );
};

const Code = ({ text, module }: { readonly text: string; readonly module: string }) => {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (place.current === null) return undefined;
    const extensions = [codeLook(), languageOf(module), readOnly(module)];
    const view = new EditorView({ parent: place.current, state: EditorState.create({ doc: text, extensions }) });
    return () => view.destroy();
  }, [text, module]);
  return <div ref={place} className="one-version-code" />;
};
