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
