import { useState } from 'react';
import { useAddress } from '../../shell/index.ts';

type Verb = 'add' | 'edit' | 'remove';

/** Which dialog of a section is open, and about what. It is in the address: `?dialog=edit-route&of=…`. */
export const useDialog = (section: string) => {
  const [{ dialog, of }, change] = useAddress();
  const [verb, about] = (dialog ?? '').split('-', 2);
  return {
    opened: about === section ? (verb as Verb) : undefined,
    of,
    open: (next: Verb, id?: string): void => change({ dialog: `${next}-${section}`, of: id }),
    close: (): void => change({ dialog: undefined, of: undefined }, false),
  };
};

/** What a dialog is about, also when it left the list while the dialog is open. */
export const useKept = <Value>(found: Value | undefined, of: string | undefined): Value | undefined => {
  const [kept, setKept] = useState({ found, of });
  // What is found may be put together anew each time: the first of it is kept.
  const isOther = kept.of !== of || (found !== undefined && kept.found === undefined);
  if (isOther) setKept({ found, of });
  return found ?? (isOther ? undefined : kept.found);
};
