import { FilePlus, Pencil, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { Button, RowMenu } from '../../parts/index.ts';
import { faultInFileName, withName, withNew, without } from './changes.ts';
import { FileNameDialog } from './file-name-dialog.tsx';
import { stateOf, type Edit, type EditedFile } from './files.ts';

interface FileListProps {
  readonly edit: Edit;
  readonly original: Edit;
  /** The file that is open. */
  readonly open: string;
  readonly onOpen: (name: string) => void;
  readonly onChange: (next: (before: Edit) => Edit) => void;
}

const STATES = { same: undefined, edited: 'edited', renamed: 'renamed', new: 'new' } as const;

/** The modules, with what was done to each. */
export const FileList = ({ edit, original, open, onOpen, onChange }: FileListProps) => {
  const [asked, setAsked] = useState<{ readonly file: EditedFile | undefined }>();
  const remove = (name: string): void => {
    onChange((before) => without(before, name));
    if (name === open) onOpen(edit.entry);
  };
  const named = (name: string): void => {
    const file = asked?.file;
    onChange((before) => (file === undefined ? withNew(before, name) : withName(before, file.name, name)));
    setAsked(undefined);
    onOpen(name);
  };
  return (
    <nav className="editor-files" aria-label="Files">
      <ul>
        {edit.files.map((file) => (
          <li key={file.name} data-row>
            <button type="button" aria-current={file.name === open} onClick={() => onOpen(file.name)} className="editor-file">
              <span className="mono">{file.name}</span>
              {STATES[stateOf(file, original)] !== undefined && <span className="tag">{STATES[stateOf(file, original)]}</span>}
            </button>
            <RowMenu
              name={`What can be done with ${file.name}`}
              items={[
                { text: 'Rename', icon: Pencil, onSelect: () => setAsked({ file }) },
                {
                  text: 'Delete',
                  icon: Trash2,
                  isOff: file.name === edit.entry,
                  why: file.name === edit.entry ? 'The Worker starts with it.' : undefined,
                  onSelect: () => remove(file.name),
                },
              ]}
            />
          </li>
        ))}
      </ul>
      <Button isSmall kind="quiet" icon={FilePlus} onClick={() => setAsked({ file: undefined })}>
        Add a file
      </Button>
      {asked !== undefined && (
        <FileNameDialog
          name={asked.file?.name}
          faultIn={(name) => faultInFileName(name, edit, asked.file !== undefined && asked.file.text === undefined)}
          onName={named}
          onClose={() => setAsked(undefined)}
        />
      )}
    </nav>
  );
};
