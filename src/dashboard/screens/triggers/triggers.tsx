export const Triggers = () => <h1 className="title">Triggers</h1>;
