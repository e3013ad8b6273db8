import { useState } from 'react';
import { Button, Cancel, Dialog, TextField } from '../../parts/index.ts';

interface FileNameDialogProps {
  /** Of the file that is renamed; undefined where one is added. */
  readonly name: string | undefined;
  readonly faultIn: (name: string) => string | undefined;
  readonly onName: (name: string) => void;
  readonly onClose: () => void;
}

export const FileNameDialog = ({ name, faultIn, onName, onClose }: FileNameDialogProps) => {
  const [typed, setTyped] = useState(name ?? '');
  const wanted = typed.trim();
  const fault = wanted === name ? 'That is its name.' : faultIn(wanted);
  const isShown = wanted !== '' && wanted !== name;
  return (
    <Dialog
      title={name === undefined ? 'Add a file' : `Rename ${name}`}
      width="small"
      onClose={onClose}
      onSubmit={() => fault === undefined && onName(wanted)}
      foot={
        <>
          <Cancel />
          <Button kind="main" type="submit" why={fault}>
            {name === undefined ? `Add ${wanted}` : `Rename to ${wanted}`}
          </Button>
        </>
      }
    >
      <TextField
        label="Name"
        hint="With its folder, as other modules import it: lib/prices.js."
        fault={isShown ? fault : undefined}
        data-first
        value={typed}
        onChange={({ target }) => setTyped(target.value)}
      />
    </Dialog>
  );
};
