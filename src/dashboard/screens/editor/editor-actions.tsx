import { Link } from '@tanstack/react-router';
import { Save, Trash2 } from 'lucide-react';
import { Button, RowMenu } from '../../parts/index.ts';
import type { Base } from './files.ts';

interface EditorActionsProps {
  readonly isChanged: boolean;
  /** The version as it is, which the form of all versions deploys; undefined where it gets all requests. */
  readonly asIs: { readonly name: string; readonly base: Base } | undefined;
  /** No version of it can be saved without traffic. */
  readonly isWhole: boolean;
  /** Why nothing must be uploaded now. */
  readonly unsure: string | undefined;
  /** Why it must not be deployed now. */
  readonly held: string | undefined;
  readonly onDiscard: () => void;
  readonly onAsk: (which: 'save' | 'deploy') => void;
}

export const NOTHING_CHANGED = 'Nothing is changed yet.';

/** Deploy, and beside it the arrow to Save. Both ask again. What is saved already is deployed as any other version. */
export const EditorActions = ({ isChanged, isWhole, unsure, held, asIs, onDiscard, onAsk }: EditorActionsProps) => {
  const why = isChanged ? unsure : NOTHING_CHANGED;
  const saveWhy = isWhole ? 'Code of the service worker syntax is always deployed at once.' : why;
  return (
    <div className="actions">
      {isChanged && (
        <Button icon={Trash2} kind="quiet" onClick={onDiscard}>
          Discard
        </Button>
      )}
      <span className="editor-main">
        {isChanged || asIs === undefined ? (
          <Button kind="main" why={why ?? held} onClick={() => onAsk('deploy')}>
            Deploy
          </Button>
        ) : (
          <Link to="/workers/$name" params={{ name: asIs.name }} search={{ dialog: 'deploy', of: asIs.base.id }} className="button is-main">
            Deploy v{asIs.base.number}
          </Link>
        )}
        <RowMenu
          kind="main"
          name="More than Deploy"
          items={[
            {
              text: 'Save',
              icon: Save,
              shortcut: 'Ctrl S',
              why: saveWhy ?? 'Makes a version that gets no requests.',
              isOff: saveWhy !== undefined,
              onSelect: () => onAsk('save'),
            },
          ]}
        />
      </span>
    </div>
  );
};
