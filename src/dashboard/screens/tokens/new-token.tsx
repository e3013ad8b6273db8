import { useState } from 'react';
import { call, refresh, useAct } from '../../api/index.ts';
import { Button, Cancel, CopyButton, Dialog, Refusal, TextField } from '../../parts/index.ts';

/** As much of the API's rule as is worth a word before it is asked. */
const EMAIL = /^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/;

/** Asks for a name, makes the token, and shows its value this once. */
export const NewToken = ({ onClose }: { readonly onClose: () => void }) => {
  const [name, setName] = useState('');
  const [email, setEmail] = useState('');
  const [hasLeft, setHasLeft] = useState(false);
  const made = useAct({
    mutationFn: () => call('createToken', { body: { name: name.trim(), ...(email.trim() === '' ? {} : { email: email.trim() }) } }),
    onSuccess: () => refresh(undefined),
  });
  if (made.data !== undefined) return <Made name={made.data.result.name} value={made.data.result.value} onClose={onClose} />;
  const isEmail = email.trim() === '' || EMAIL.test(email.trim());
  const why = name.trim() === '' ? 'It needs a name.' : isEmail ? undefined : 'What stands there is no e-mail address.';
  const wanted = name.trim() === '' ? 'the token' : name.trim();
  return (
    <Dialog
      title="Make a token"
      width="small"
      hasTyped={name !== '' || email !== ''}
      onClose={onClose}
      onSubmit={() => why === undefined && made.mutate()}
      foot={
        <>
          <p className="is-why">{why}</p>
          <Cancel />
          <Button kind="main" type="submit" why={why} working={made.isPending ? 'Making it' : undefined}>
            Make {wanted}
          </Button>
        </>
      }
    >
      <div className="tokens-form" onInput={() => made.isError && made.reset()}>
        <p>A token can do everything here: deploy and delete Workers, read what they store, and make other tokens. Each is made for one.</p>
        {made.isError && <Refusal what="Not made." error={made.error} />}
        <TextField
          label="Name"
          hint="Whose it is: a person, or a program such as deploy-bot. It needs a name that no other token has."
          maxLength={120}
          data-first
          value={name}
          onChange={({ target }) => setName(target.value)}
        />
        <TextField
          label="E-mail address, optional"
          hint="Stands beside what is done with it. Without one its name does."
          type="email"
          fault={isEmail || !hasLeft ? undefined : 'Type an e-mail address, as jo@example.com, or none.'}
          value={email}
          onChange={({ target }) => setEmail(target.value)}
          onBlur={() => setHasLeft(true)}
        />
      </div>
    </Dialog>
  );
};

const Made = ({ name, value, onClose }: { readonly name: string; readonly value: string; readonly onClose: () => void }) => {
  const [isCopied, setIsCopied] = useState(false);
  return (
    <Dialog
      title={`${name} is made`}
      width="small"
      hasTyped={!isCopied}
      question="Close it? The token was not copied, and will not be shown again."
      discard="Close it"
      onClose={onClose}
      foot={
        <Cancel kind="main" data-first>
          Close
        </Cancel>
      }
    >
      <p className="tokens-once">This is its value. It is not stored, and will not be shown again.</p>
      <div className="command">
        <code className="tokens-value">{value}</code>
        <CopyButton text={value} name="Copy the token" onCopied={() => setIsCopied(true)} />
      </div>
    </Dialog>
  );
};
