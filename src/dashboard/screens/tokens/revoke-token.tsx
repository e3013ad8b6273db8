import { call, caller, refresh, useAct } from '../../api/index.ts';
import { Banner, Button, Dialog, Refusal, toast } from '../../parts/index.ts';
import type { Token } from './tokens.tsx';

/** It cannot be undone, so it asks. */
export const RevokeToken = ({ token, onClose }: { readonly token: Token; readonly onClose: () => void }) => {
  const revoked = useAct({
    mutationFn: () => call('revokeToken', { params: { token_id: token.id } }),
    onSuccess: () => {
      toast({ text: `${token.name} lets nobody in any more.` });
      onClose();
      return refresh(undefined);
    },
  });
  return (
    <Dialog
      title={`Revoke ${token.name}`}
      width="small"
      onClose={onClose}
      onSubmit={() => revoked.mutate()}
      foot={
        <>
          <Button onClick={onClose} data-first>
            Keep {token.name}
          </Button>
          <Button kind="stop" type="submit" working={revoked.isPending ? 'Revoking' : undefined}>
            Revoke {token.name}
          </Button>
        </>
      }
    >
      {revoked.isError && <Refusal what="Not revoked." error={revoked.error} />}
      {token.id === caller.userId && (
        <Banner>
          <strong className="strong">You are signed in with it.</strong> This very session ends too, and another token is needed to come
          back.
        </Banner>
      )}
      <p>
        From the next request on whoever shows it is refused, and sessions that were opened with it end. What was done with it stays in the
        audit log. This cannot be undone.
      </p>
    </Dialog>
  );
};
