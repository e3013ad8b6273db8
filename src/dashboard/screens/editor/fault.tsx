import { useRef, useState } from 'react';
import { Button, Refusal, wordsOf } from '../../parts/index.ts';
import type { Way } from './code-field.tsx';
import { placeIn, type Place } from './fault-place.ts';
import type { Edit } from './files.ts';
import type { Refused } from './save-dialog.tsx';

interface Fault extends Refused {
  readonly way: Way;
}

/** What the code was refused for, where that names a place in it: it stays until somebody writes there, or tries again. */
export const useFault = (edit: Edit, isWhole: boolean) => {
  const [fault, setFault] = useState<Fault>();
  const wish = useRef(0);
  const tell = (refused: Refused): Place | undefined => {
    const place = placeIn(wordsOf(refused.error), edit, isWhole);
    setFault(place && { ...refused, way: { ...place, wish: (wish.current += 1) } });
    return place;
  };
  const goThere = (): void => setFault((before) => before && { ...before, way: { ...before.way, wish: (wish.current += 1) } });
  const move = (line: number | undefined): void =>
    setFault((before) => (line === undefined ? undefined : before && { ...before, way: { ...before.way, line } }));
  const isThere = edit.files.some(({ name }) => name === fault?.way.file);
  return { told: isThere ? fault : undefined, tell, goThere, move, forget: () => setFault(undefined) };
};

/** Over the code, for as long as it is not mended. */
export const FaultBanner = ({ what, error, way, onGo }: Fault & { readonly onGo: () => void }) => (
  <div className="editor-notices editor-refusal">
    <Refusal
      what={what}
      error={error}
      action={
        <Button isSmall onClick={onGo}>
          Go to {way.file}, line {way.line}
        </Button>
      }
    />
  </div>
);
