export const Observability = () => <h1 className="title">Observability</h1>;
