import { useEffect, type RefObject } from 'react';

/** A dialog that React takes away was never closed for the browser: what had the focus before has it again. Called before it is shown. */
export const useGiveBack = (dialog: RefObject<HTMLDialogElement | null>): void =>
  useEffect(() => {
    const { current } = dialog;
    const opener = document.activeElement;
    return () => {
      // Whoever has the focus by now was given it on purpose.
      const isFree = document.activeElement === null || document.activeElement === document.body;
      if (isFree && current?.isConnected !== true && opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, [dialog]);
