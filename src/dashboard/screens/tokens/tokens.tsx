export const Tokens = () => <h1 className="title">Tokens</h1>;
