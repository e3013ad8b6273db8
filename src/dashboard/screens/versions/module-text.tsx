import { EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { fetchRaw } from '../../api/index.ts';
import { codeLook, languageOf, readOnly } from '../../code/index.ts';
import { Bones, Loaded } from '../../parts/index.ts';

interface ModuleTextProps {
  readonly name: string;
  readonly id: string;
  readonly module: string;
}

/** One module to be read. A version's code never changes, so that it is asked once. */
export const ModuleText = ({ name, id, module }: ModuleTextProps) => {
  const text = useQuery({
    queryKey: ['getModule', { version_id: id, module }, {}],
    staleTime: Infinity,
    queryFn: async ({ signal }) => (await fetchRaw('getModule', { params: { name, version_id: id, module }, signal })).text(),
  });
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
