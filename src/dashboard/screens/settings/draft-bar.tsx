import { Button } from '../../parts/index.ts';
import { counted } from '../../words/index.ts';

interface DraftBarProps {
  readonly changes: readonly string[];
  /** Why nothing can be saved now. */
  readonly why: string | undefined;
  readonly onDiscard: () => void;
  readonly onSave: () => void;
  readonly onDeploy: () => void;
}

/** What is changed and not saved: it stays in sight while one goes on. */
export const DraftBar = ({ changes, why, onDiscard, onSave, onDeploy }: DraftBarProps) => (
  <section className="settings-bar" aria-label="Changes that are not saved">
    <p>
      <strong className="strong">{counted(changes.length, 'change')}:</strong> {changes.join(', ')}.
      {why !== undefined && <span className="third"> {why}</span>}
    </p>
    <div className="settings-buttons">
      <Button kind="quiet" onClick={onDiscard}>
        Discard
      </Button>
      <Button onClick={onSave} why={why}>
        Save
      </Button>
      <Button kind="main" onClick={onDeploy} why={why}>
        Deploy
      </Button>
    </div>
  </section>
);
