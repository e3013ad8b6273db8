import { getChunks, goToNextChunk, goToPreviousChunk, MergeView, unifiedMergeView, type Chunk } from '@codemirror/merge';
import { EditorState, Text, type Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { fetchRaw } from '../../api/index.ts';
import { codeLook, languageOf, readOnly } from '../../code/index.ts';
import { Bones, Loaded, VersionChip, versionName } from '../../parts/index.ts';
import { useKeys } from '../../shell/index.ts';
import type { Side } from './compare.tsx';

interface FileDiffProps {
  readonly worker: string;
  readonly module: string;
  /** Undefined where it did not have the module. */
  readonly baseline: Side | undefined;
  readonly version: Side | undefined;
  readonly way: 'beside' | 'one';
  readonly onCounted: (added: number, removed: number) => void;
}

/** A version never changes, so what was read of it holds. */
const useText = (worker: string, module: string, side: Side | undefined) =>
  useQuery({
    queryKey: ['getModule', { name: worker, version_id: side?.version_id ?? '', module }, {}],
    staleTime: Infinity,
    queryFn: async ({ signal }) =>
      side === undefined
        ? ''
        : (await fetchRaw('getModule', { params: { name: worker, version_id: side.version_id, module }, signal })).text(),
  });

export const FileDiff = (props: FileDiffProps) => {
  const { worker, module, baseline, version } = props;
  const before = useText(worker, module, baseline);
  const after = useText(worker, module, version);
  return (
    <Loaded from={before} bones={<Bones lines={[70, 50, 60, 80]} />} what="The older code did not load.">
      {(old) => (
        <Loaded from={after} bones={<Bones lines={[70, 50, 60, 80]} />} what="The newer code did not load.">
          {(fresh) => <Shown {...props} before={old} after={fresh} />}
        </Loaded>
      )}
    </Loaded>
  );
};

const COLLAPSED = { margin: 3, minSize: 5 };
/** Of characters: beyond it the difference is told by whole lines. */
const DIFF = { scanLimit: 5_000, timeout: 500 };

const linesIn = (text: Text, from: number, to: number): number =>
  from >= to ? 0 : text.lineAt(Math.min(to - 1, text.length)).number - text.lineAt(from).number + 1;

/** Lines that came and lines that went. */
const counted = (chunks: readonly Chunk[], before: Text, after: Text): readonly [added: number, removed: number] => [
  chunks.reduce((sum, { fromB, toB }) => sum + linesIn(after, fromB, toB), 0),
  chunks.reduce((sum, { fromA, toA }) => sum + linesIn(before, fromA, toA), 0),
];

interface ShownProps extends FileDiffProps {
  readonly before: string;
  readonly after: string;
}

interface Opened {
  readonly view: EditorView;
  readonly chunks: readonly Chunk[];
  readonly close: () => void;
}

const openBeside = (parent: Element, { before, after, module, baseline, version }: ShownProps): Opened => {
  const of = (side: Side | undefined): Extension => [codeLook(), languageOf(module), readOnly(`${module} in ${nameOf(side)}`)];
  const merge = new MergeView({
    parent,
    a: { doc: before, extensions: of(baseline) },
    b: { doc: after, extensions: of(version) },
    gutter: true,
    collapseUnchanged: COLLAPSED,
    diffConfig: DIFF,
  });
  return { view: merge.b, chunks: merge.chunks, close: () => merge.destroy() };
};

const openInOne = (parent: Element, { before, after, module, version }: ShownProps): Opened => {
  const view = new EditorView({
    parent,
    doc: after,
    extensions: [
      codeLook(),
      languageOf(module),
      readOnly(`${module} in ${nameOf(version)}, with what it replaces`),
      unifiedMergeView({ original: before, mergeControls: false, collapseUnchanged: COLLAPSED, diffConfig: DIFF }),
    ],
  });
  return { view, chunks: getChunks(view.state)?.chunks ?? [], close: () => view.destroy() };
};

const nameOf = (side: Side | undefined): string => (side === undefined ? 'neither' : versionName(side.number));

const Shown = (props: ShownProps) => {
  const place = useRef<HTMLDivElement>(null);
  const opened = useRef<Opened>(undefined);
  const { before, after, module, baseline, version, way } = props;
  const latest = useRef(props);
  latest.current = props;
  useEffect(() => {
    if (place.current === null) return undefined;
    const view = (way === 'beside' ? openBeside : openInOne)(place.current, latest.current);
    opened.current = view;
    const [old, fresh] = [before, after].map((text) => EditorState.create({ doc: text }).doc);
    if (old !== undefined && fresh !== undefined) latest.current.onCounted(...counted(view.chunks, old, fresh));
    return () => view.close();
  }, [before, after, module, way]);
  useKeys({
    n: () => opened.current && goToNextChunk(opened.current.view),
    p: () => opened.current && goToPreviousChunk(opened.current.view),
  });
  return (
    <div className={`compare-diff is-${way}`}>
      {way === 'beside' && (
        <div className="compare-diff-sides">
          <span>{baseline && <VersionChip {...baseline} />}</span>
          <span>{version && <VersionChip {...version} />}</span>
        </div>
      )}
      <div ref={place} />
    </div>
  );
};
