export const Workers = () => <h1 className="title">Workers</h1>;
