import { useEffect, useRef, type ReactNode } from 'react';
import { ApiFailure, refresh, useAct } from '../../api/index.ts';
import { Button, Cancel, Dialog, Refusal, toast } from '../../parts/index.ts';
import { Changed, type AsRead } from './as-read.tsx';

interface FormDialogProps {
  readonly title: string;
  /** What its acting button says: `Add shop.example.com`. */
  readonly button: string;
  readonly working: string;
  /** What did not happen where it is refused: `Not added.` */
  readonly refused: string;
  readonly name: string;
  readonly why: string | undefined;
  readonly hasTyped: boolean;
  /** Answers what has happened, in a sentence. */
  readonly act: () => Promise<string>;
  readonly isStop?: boolean;
  /** Of a form that changes or removes what others may change meanwhile. */
  readonly read?: AsRead<unknown>;
  /** What that is now, in a sentence. */
  readonly nowIs?: string;
  readonly children: ReactNode;
  readonly onClose: () => void;
}

/** A dialog that changes one trigger: what it asks, the API's words where that is refused, and what has happened. */
export const FormDialog = ({
  title,
  button,
  working,
  refused,
  name,
  why,
  hasTyped,
  act,
  isStop = false,
  read,
  nowIs = '',
  children,
  onClose,
}: FormDialogProps) => {
  const isOpen = useRef(true);
  useEffect(() => {
    isOpen.current = true;
    return () => void (isOpen.current = false);
  }, []);
  const acting = useAct({
    mutationFn: async () => {
      read?.rest(true);
      try {
        return await act();
      } catch (error) {
        read?.rest(false);
        throw error;
      }
    },
    onSuccess: (text) => {
      // Who left it meanwhile may have another dialog open, which that would close.
      if (isOpen.current) onClose();
      toast({ text });
    },
    // Also what was refused half-way may have changed something.
    onSettled: () => refresh(name),
  });
  // What this very form changes is not said to be somebody else's doing.
  const isChanged = read?.isChanged === true && !acting.isPending && !acting.isSuccess;
  const held = isChanged ? 'It was changed meanwhile.' : read !== undefined && read.tag === undefined ? unreadOf(read) : why;
  return (
    <Dialog
      title={title}
      width="small"
      hasTyped={hasTyped}
      onClose={onClose}
      onSubmit={() => held === undefined && acting.mutate()}
      foot={
        <>
          <p>{held ?? 'It applies at once.'}</p>
          <Cancel />
          <Button kind={isStop ? 'stop' : 'main'} type="submit" why={held} working={acting.isPending ? working : undefined}>
            {button}
          </Button>
        </>
      }
    >
      {/* What was refused was asked with other words. */}
      <div className="triggers-form" onInput={() => acting.isError && acting.reset()}>
        {isChanged && <Changed read={read}>{nowIs}</Changed>}
        {read?.error !== undefined && (
          <Refusal
            what="What there is now did not load."
            error={read.error}
            action={
              <Button isSmall onClick={read.again}>
                Try again
              </Button>
            }
          />
        )}
        {acting.isError && !(isChanged && acting.error instanceof ApiFailure && acting.error.status === 412) && (
          <Refusal what={refused} error={acting.error} />
        )}
        {children}
      </div>
    </Dialog>
  );
};

/** Nothing is done before it is known to what. */
const unreadOf = ({ error }: AsRead<unknown>): string =>
  error === undefined ? 'Reading what there is now.' : 'It is not known what there is now.';

interface RemoveDialogProps {
  readonly read?: AsRead<unknown>;
  readonly nowIs?: string;
  readonly what: string;
  readonly name: string;
  readonly act: () => Promise<unknown>;
  /** What it costs. */
  readonly children: ReactNode;
  readonly onClose: () => void;
}

/** Asks once, and says what it costs. It can be added again, so nothing is red. */
export const RemoveDialog = ({ what, name, act, children, onClose, ...read }: RemoveDialogProps) => (
  <FormDialog
    title={`Remove ${what}`}
    button={`Remove ${what}`}
    working="Removing"
    refused="Not removed."
    name={name}
    why={undefined}
    hasTyped={false}
    onClose={onClose}
    {...read}
    act={async () => {
      await act();
      return `${what} is removed.`;
    }}
  >
    <p>{children}</p>
  </FormDialog>
);
