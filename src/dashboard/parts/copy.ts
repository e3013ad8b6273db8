import { toast } from './toasts.tsx';

/** Whether it was copied. Over plain http a browser lets no page write to the clipboard: then the text is shown, to be copied by hand. */
export const copyText = async (text: string): Promise<boolean> => {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    window.prompt('Copy it with Ctrl C.', text);
    return false;
  }
};

/** Copies an id, and says so. */
export const copyId = async (id: string): Promise<void> => {
  if (await copyText(id)) toast({ text: `Copied ${id}.` });
};
