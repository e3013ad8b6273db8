import type { ReactNode } from 'react';
import { refresh, useAct } from '../../api/index.ts';
import { Button, Cancel, Dialog, Refusal, toast } from '../../parts/index.ts';

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
  children,
  onClose,
}: FormDialogProps) => {
  const acting = useAct({
    mutationFn: act,
    onSuccess: (text) => {
      onClose();
      toast({ text });
    },
    // Also what was refused half-way may have changed something.
    onSettled: () => refresh(name),
  });
  return (
    <Dialog
      title={title}
      width="small"
      hasTyped={hasTyped}
      onClose={onClose}
      onSubmit={() => acting.mutate()}
      foot={
        <>
          <p>{why ?? 'It applies at once.'}</p>
          <Cancel />
          <Button kind={isStop ? 'stop' : 'main'} type="submit" why={why} working={acting.isPending ? working : undefined}>
            {button}
          </Button>
        </>
      }
    >
      {/* What was refused was asked with other words. */}
      <div className="triggers-form" onInput={() => acting.isError && acting.reset()}>
        {acting.isError && <Refusal what={refused} error={acting.error} />}
        {children}
      </div>
    </Dialog>
  );
};

interface RemoveDialogProps {
  readonly what: string;
  readonly name: string;
  readonly act: () => Promise<unknown>;
  /** What it costs. */
  readonly children: ReactNode;
  readonly onClose: () => void;
}

/** Asks once, and says what it costs. It can be added again, so nothing is red. */
export const RemoveDialog = ({ what, name, act, children, onClose }: RemoveDialogProps) => (
  <FormDialog
    title={`Remove ${what}`}
    button={`Remove ${what}`}
    working="Removing"
    refused="Not removed."
    name={name}
    why={undefined}
    hasTyped={false}
    onClose={onClose}
    act={async () => {
      await act();
      return `${what} is removed.`;
    }}
  >
    <p>{children}</p>
  </FormDialog>
);
