import { Plus } from 'lucide-react';
import { useApi, type Result } from '../../api/index.ts';
import { Button, Loaded, PageHead, RowBones, When } from '../../parts/index.ts';
import { useAddress } from '../../shell/index.ts';
import { NewToken } from './new-token.tsx';
import { RevokeToken } from './revoke-token.tsx';
import './tokens.css';

export type Token = Result<'listTokens'>[number];

/** Who may call the API. A token's value is shown once, when it is made. */
export const Tokens = () => {
  const [{ dialog, of }, change] = useAddress();
  const tokens = useApi('listTokens', {});
  const leaving = dialog === 'revoke' ? tokens.data?.result.find(({ id, operator }) => id === of && !operator) : undefined;
  return (
    <>
      <PageHead
        title="Tokens"
        action={
          <Button kind="main" icon={Plus} onClick={() => change({ dialog: 'token' })}>
            Make a token
          </Button>
        }
      >
        wrangler, the SDKs and whoever signs in here show one. What is done with it is logged under its name.
      </PageHead>
      <Loaded from={tokens} bones={<RowBones rows={3} columns={4} />} what="The tokens did not load.">
        {({ result }) => (
          <table className="table tokens">
            <thead>
              <tr>
                <th scope="col">Name</th>
                <th scope="col">Speaks for</th>
                <th scope="col">Made</th>
                <th scope="col">
                  <span className="visually-hidden">What can be done</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {result.map((token) => (
                <Row key={token.id} token={token} onRevoke={() => change({ dialog: 'revoke', of: token.id })} />
              ))}
            </tbody>
          </table>
        )}
      </Loaded>
      {dialog === 'token' && <NewToken onClose={() => change({ dialog: undefined }, false)} />}
      {leaving !== undefined && <RevokeToken token={leaving} onClose={() => change({ dialog: undefined, of: undefined }, false)} />}
    </>
  );
};

const Row = ({ token, onRevoke }: { readonly token: Token; readonly onRevoke: () => void }) => (
  <tr data-row>
    <th scope="row" className="tokens-name">
      {token.name}
    </th>
    <td>{token.email ?? <span className="third">its own name</span>}</td>
    <td className="second">
      <When at={token.created_on} />
    </td>
    <td className="r">
      {token.operator ? (
        <span className="small third">The operator’s. A new one is made when its file is deleted.</span>
      ) : (
        <Button isSmall onClick={onRevoke}>
          Revoke
        </Button>
      )}
    </td>
  </tr>
);
